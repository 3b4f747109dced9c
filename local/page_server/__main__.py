from local.page_server.server import main

main()
