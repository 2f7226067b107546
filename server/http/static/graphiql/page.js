"use strict";

// GraphiQL with a sign-in box. Tokens live in this tab's sessionStorage and are sent as a header; an access token
// that has ended is renewed once with the refresh token.
(function () {
  const endpoint = window.location.pathname;
  const store = window.sessionStorage;
  const element = (id) => document.getElementById(id);
  const saved = () => JSON.parse(store.getItem("tangram") || "null");
  const root = ReactDOM.createRoot(element("graphiql"));
  let renewal = null;

  const EXAMPLE = {
    "/graphql":
      "# Sign in above. Ctrl-Space completes, Ctrl-Enter runs.\n# What can be asked for here:\n\n{\n  __schema {\n    queryType {\n      fields {\n        name\n        description\n      }\n    }\n  }\n}\n",
    "/metadata":
      "# Sign in above. What this tenant has declared:\n\n{\n  tenant {\n    slug\n    version\n  }\n  objects {\n    name\n    plural\n    fields {\n      name\n      type\n    }\n  }\n}\n",
  };

  async function post(path, body) {
    const response = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const answer = response.status === 204 ? {} : await response.json();
    if (!response.ok) throw new Error(answer.error_description || "Signing in failed.");
    return answer;
  }

  function keep(answer, who) {
    store.setItem(
      "tangram",
      JSON.stringify({
        access: answer.access_token,
        refresh: answer.refresh_token,
        ends: Date.now() + (answer.expires_in - 30) * 1000,
        who,
      }),
    );
  }

  // One renewal at a time: a refresh token can be used only once.
  function renew() {
    renewal =
      renewal ||
      post("/auth/token", { refresh_token: saved().refresh })
        .then((answer) => keep(answer, saved().who))
        .catch((error) => {
          store.removeItem("tangram");
          show(error.message);
          throw error;
        })
        .finally(() => {
          renewal = null;
        });
    return renewal;
  }

  async function accessToken() {
    if (!saved()) throw new Error("Sign in first: tenant, e-mail address and password, at the top of this page.");
    if (Date.now() > saved().ends) await renew();
    return saved().access;
  }

  const socketUrl = window.location.origin.replace(/^http/, "ws") + endpoint;

  async function fetcher(parameters, options) {
    const authorization = `Bearer ${await accessToken()}`;
    return GraphiQL.createFetcher({
      url: endpoint,
      headers: { authorization },
      subscriptionUrl: socketUrl,
      wsConnectionParams: { authorization },
    })(parameters, options);
  }

  function show(message) {
    const session = saved();
    element("sign-in").hidden = Boolean(session);
    element("who").hidden = !session;
    element("name").textContent = session ? session.who : "";
    element("message").textContent = message || "";
    // A new key makes GraphiQL read the schema again, as the one who is signed in now sees it.
    root.render(
      React.createElement(GraphiQL, {
        key: session ? session.who : "nobody",
        fetcher,
        schema: session ? undefined : null,
        plugins: [GraphiQLPluginExplorer.explorerPlugin()],
        defaultQuery: EXAMPLE[endpoint] || "{ __typename }\n",
        defaultEditorToolsVisibility: true,
        isHeadersEditorEnabled: true,
        shouldPersistHeaders: false,
      }),
    );
  }

  element("sign-in").addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    const given = Object.fromEntries(new FormData(form));
    try {
      keep(await post("/auth/token", given), `${given.email} @ ${given.tenant}`);
      window.localStorage.setItem("tangram:tenant", given.tenant);
      window.localStorage.setItem("tangram:email", given.email);
      form.elements.password.value = "";
      show();
    } catch (error) {
      show(error.message);
    }
  });

  element("sign-out").addEventListener("click", async () => {
    const session = saved();
    store.removeItem("tangram");
    show();
    if (session) await post("/auth/sign-out", { refresh_token: session.refresh }).catch(() => {});
  });

  for (const link of document.querySelectorAll("nav a")) {
    if (link.getAttribute("href") === endpoint) link.setAttribute("aria-current", "page");
  }
  const form = element("sign-in");
  form.elements.tenant.value = window.localStorage.getItem("tangram:tenant") || "";
  form.elements.email.value = window.localStorage.getItem("tangram:email") || "";
  show();
})();
