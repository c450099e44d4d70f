// The official TypeScript clients: lists, calls, reads and gets everything, and prints what came.
// node client.mjs {"sdk": "v1"|"v2", "era": "legacy"|"modern", "command": [...], "env": {}, "url": "", "token": "", "calls": {}}
const asked = JSON.parse(process.argv[2]);

async function library() {
  if (asked.sdk === "v2") {
    const main = await import("@modelcontextprotocol/client");
    const { StdioClientTransport } = await import("@modelcontextprotocol/client/stdio");
    return { ...main, StdioClientTransport };
  }
  const { Client } = await import("@modelcontextprotocol/sdk/client/index.js");
  const { StdioClientTransport } = await import("@modelcontextprotocol/sdk/client/stdio.js");
  const { StreamableHTTPClientTransport } = await import("@modelcontextprotocol/sdk/client/streamableHttp.js");
  return { Client, StdioClientTransport, StreamableHTTPClientTransport };
}

const { Client, StdioClientTransport, StreamableHTTPClientTransport } = await library();
const modern = asked.era === "modern" ? { versionNegotiation: { mode: "auto" } } : {};
const client = new Client({ name: "typescript", version: "0" }, { capabilities: {}, ...modern });
const [command, ...args] = asked.command ?? [];
const transport = asked.url
  ? new StreamableHTTPClientTransport(new URL(asked.url), {
      requestInit: { headers: asked.token ? { authorization: `Bearer ${asked.token}` } : {} },
    })
  : new StdioClientTransport({ command, args, env: asked.env });
await client.connect(transport);

const { tools } = await client.listTools();
const results = {};
for (const [name, given] of Object.entries(asked.calls)) {
  results[name] = await client.callTool({ name, arguments: given });
}
const { resources } = await client.listResources();
const read = {};
for (const { uri } of resources) read[uri] = (await client.readResource({ uri })).contents[0].text.length;
const { resourceTemplates } = await client.listResourceTemplates();
const { prompts } = await client.listPrompts();
const got = {};
for (const { name } of prompts) got[name] = (await client.getPrompt({ name, arguments: { period: "7d" } })).messages;
const completed = await client.complete({
  ref: { type: "ref/prompt", name: prompts[0].name },
  argument: { name: "period", value: "to" },
});
const negotiated = client.getNegotiatedProtocolVersion?.() ?? transport.protocolVersion ?? "";
await client.close();
console.log(
  JSON.stringify({
    negotiated,
    tools: tools.map((tool) => tool.name),
    results,
    read,
    templates: resourceTemplates.map((each) => each.uriTemplate),
    got,
    completed: completed.completion.values,
  }),
);
