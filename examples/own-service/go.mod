module example.org/own-service

go 1.26.0

require (
	github.com/gin-gonic/gin v1.12.0
	github.com/killrvideo/killrvideo-go/astra v0.1.0
)
