"""A tool of an MCP server over stdio.

python mcp_tool.py ADDRESS CALLS SERVER, where SERVER is JSON: command, env, tool, arguments (in
which `{prompt}` is the question). ADDRESS is not used: it stands in `env`.
"""

import json
import logging
import os

from mcp import Client, StdioServerParameters
from timing import main, prompt, race, tree


async def over_stdio(address, calls, server):
    told = json.loads(server)
    command, *arguments = told["command"]
    parameters = StdioServerParameters(command=command, args=arguments, env=told["env"])
    logging.disable()
    async with Client(parameters) as client:
        await client.list_tools()

        async def call(number):
            given = {
                name: value.replace("{prompt}", prompt(number)) if isinstance(value, str) else value
                for name, value in told["arguments"].items()
            }
            result = await client.call_tool(told["tool"], given, read_timeout_seconds=60)
            text = " ".join(getattr(part, "text", "") for part in result.content)
            assert not result.is_error, text
            assert told["expect"] in text, text

        await race(call, int(calls), tree(os.getpid())[1:])


main(over_stdio)
