"""HTTP: what every request passes through, and the routes that are not GraphQL.

application  the ASGI application: envelope around routes
envelope     request ids, headers, body limits, time-outs, errors, metrics and the access log
answers      JSON responses, one error shape
bodies       reading JSON bodies strictly
tokens       POST /auth/token, /auth/password and /auth/sign-out
health       /healthz and /readyz
metrics      /metrics, across processes
downloads    /files/{id}: signed downloads
graphiql     GraphiQL from our own assets, with a sign-in box
"""
