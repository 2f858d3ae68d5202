// Shows the OpenAPI document to people: every operation by tag, with parameters, answers and a button that tries a read.
const make = (tag, text, ...children) => {
  const node = document.createElement(tag);
  if (text) node.textContent = text;
  node.append(...children);
  return node;
};

const typeOf = (document_, schema, depth = 0) => {
  if (!schema) return "";
  if (schema.$ref) {
    const name = schema.$ref.split("/").pop();
    if (depth > 3) return name;
    return typeOf(document_, document_.components.schemas[name], depth + 1);
  }
  const types = [schema.type].flat().filter((type) => type && type !== "null");
  if (types.includes("array")) return [typeOf(document_, schema.items, depth)];
  if (schema.properties)
    return Object.fromEntries(Object.entries(schema.properties).map(([name, inner]) => [name, typeOf(document_, inner, depth)]));
  return types.join(" or ") || "anything";
};

const parametersOf = (operation) => {
  const rows = (operation.parameters ?? []).map((parameter) =>
    make("tr", "", make("td", "", make("code", parameter.name)), make("td", parameter.in), make("td", parameter.required ? "required" : "optional"), make("td", parameter.description ?? "")),
  );
  if (rows.length === 0) return [];
  return [make("h3", "Parameters"), make("table", "", make("tbody", "", ...rows))];
};

const answersOf = (document_, operation) =>
  Object.entries(operation.responses ?? {}).flatMap(([status, response]) => {
    const schema = Object.values(response.content ?? {})[0]?.schema;
    const shown = status.startsWith("2") && schema ? [make("pre", JSON.stringify(typeOf(document_, schema), null, 2))] : [];
    return [make("p", `${status}: ${response.description ?? ""}`), ...shown];
  });

const tryOf = (path, operation) => {
  const streams = path === "/api/stream" || path === "/api/orders/session";
  if (path.includes("{") || streams || (operation.parameters ?? []).some((parameter) => parameter.required)) return [];
  const answer = make("pre");
  answer.tabIndex = 0;
  answer.hidden = true;
  const button = make("button", "Try it");
  button.addEventListener("click", async () => {
    const reply = await fetch(path);
    const text = await reply.text();
    answer.hidden = false;
    answer.textContent = `${reply.status}\n${text.startsWith("{") || text.startsWith("[") ? JSON.stringify(JSON.parse(text), null, 2) : text}`;
  });
  return [button, answer];
};

const show = (document_) => {
  const byTag = new Map();
  for (const [path, methods] of Object.entries(document_.paths))
    for (const [method, operation] of Object.entries(methods)) {
      const tag = operation.tags?.[0] ?? "other";
      const body = operation.requestBody ? Object.values(operation.requestBody.content ?? {})[0]?.schema : undefined;
      const item = make(
        "details",
        "",
        make("summary", "", make("code", `${method.toUpperCase()} ${path}`), ` ${operation.summary ?? ""}`),
        ...parametersOf(operation),
        ...(body ? [make("h3", "Body"), make("pre", JSON.stringify(typeOf(document_, body), null, 2))] : []),
        make("h3", "Answers"),
        ...answersOf(document_, operation),
        ...(method === "get" ? tryOf(path, operation) : []),
      );
      byTag.set(tag, [...(byTag.get(tag) ?? []), item]);
    }
  const operations = document.getElementById("operations");
  operations.replaceChildren(...[...byTag].flatMap(([tag, items]) => [make("h2", tag), ...items]));
};

fetch("/openapi/v1.json")
  .then((reply) => reply.json())
  .then(show)
  .catch((error) => {
    document.getElementById("operations").textContent = `The document cannot be read (${error.message}); reload the page.`;
  });
