"""The whole system on one machine, without AWS, an API key or Docker.

Four folders each replace a part of a deployment. Each also runs on its own:

    offline_writer    replaces the LLM provider
    lambda_emulator   replaces AWS Lambda, its SQS event sources and its schedule
    api_gateway       replaces Amazon API Gateway
    page_server       replaces the page's static hosting

The others start and use them:

    stack             starts all of them, with Redis, an AWS emulator and the generator
    provider_check    checks a real provider before the first job
    command_line      `make run`, `make demo`, `make stack`, `make token`
    process           keeps child processes running and ends them

Every folder may import `local.error`, `local.project` and `foundation`; its first lines name what else it may import.
"""
