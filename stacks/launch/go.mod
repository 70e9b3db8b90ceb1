module github.com/killrvideo/killrvideo-go/stacks/launch

go 1.26.0
