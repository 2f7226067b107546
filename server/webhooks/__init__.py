"""Webhooks: the tenant's own servers are told of events. In order of the way a message takes.

definitions  endpoints, filters, deliveries as frozen values; the policy of retries and limits
sql          every statement over the two tables, by name
rights       who works with webhooks, and what an endpoint may be sent
stored       endpoints and deliveries between their rows and their values
endpoints    create, change, rotate, test and remove endpoints; the delivery log; redelivery
matching     handler: event → a delivery row for each endpoint that asks for it
payload      an event's columns in the API's names, as the JSON that is sent
conditions   a filter's expression over the record before and after
sending      handler: a delivery row → one signed request and its outcome
"""
