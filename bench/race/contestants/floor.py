"""The floor: one POST by httpx2. With an address of a proxy and its model, that proxy's call.

python floor.py ADDRESS CALLS [MODEL KEY PROCESS]
"""

import httpx2
from timing import main, prompt, race


async def floor(address, calls, model="gpt-6-luna", key="a-key", *servers):
    async with httpx2.AsyncClient(timeout=60) as client:

        async def call(number):
            message = {"role": "user", "content": prompt(number)}
            body = {"model": model, "messages": [message], "max_tokens": 400}
            headers = {"authorization": f"Bearer {key}"}
            response = await client.post(
                f"{address}/v1/chat/completions", json=body, headers=headers
            )
            response.raise_for_status()
            assert response.json()["choices"][0]["message"]["content"]

        await race(call, int(calls), [int(pid) for pid in servers])


main(floor)
