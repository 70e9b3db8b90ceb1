module example.org/own-service/deploy

go 1.26.0

require (
	github.com/killrvideo/killrvideo-go/infra v0.1.0
	github.com/pulumi/pulumi/sdk/v3 v3.256.0
)
