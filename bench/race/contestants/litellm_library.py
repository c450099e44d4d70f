"""LiteLLM as a library: its bare call, or its Router.

python litellm_library.py ADDRESS CALLS acompletion|router
"""

import litellm
from timing import main, prompt, race


async def library(address, calls, way):
    at = {"model": "openai/gpt-6-luna", "api_base": f"{address}/v1", "api_key": "a-key"}
    router = litellm.Router(model_list=[{"model_name": "luna", "litellm_params": at}])

    async def call(number):
        asked = {"messages": [{"role": "user", "content": prompt(number)}], "max_tokens": 400}
        if way == "router":
            answer = await router.acompletion(model="luna", **asked)
        else:
            answer = await litellm.acompletion(**at, **asked)
        assert answer.choices[0].message.content

    await race(call, int(calls))


main(library)
