// Command plugin is the provider astradb, which Pulumi compiles when it needs it.
package main

import (
	"context"
	"log"

	"github.com/killrvideo/killrvideo-go/infra/provider"
)

func main() {
	if err := provider.Run(context.Background()); err != nil {
		log.Fatal(err)
	}
}
