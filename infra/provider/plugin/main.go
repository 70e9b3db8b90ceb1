// Command pulumi-resource-astradb is the provider as the engine starts it.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/killrvideo/killrvideo-go/infra/provider"
)

func main() {
	if err := provider.Run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
