"""The whole system on one machine, without AWS, an API key or Docker.

Each folder stands in for one thing that a deployment has, and runs on its own too:

    offline_writer    for the LLM provider
    lambda_emulator   for AWS Lambda, its SQS event sources and its schedule
    api_gateway       for Amazon API Gateway
    page_server       for the page's static hosting
    stack             starts all of them, with Redis, an AWS emulator and the generator
    provider_check    checks a real provider before the first job
    command_line      `make run`, `make demo`, `make stack`, `make token`
"""
