package platform

import (
	"fmt"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
)

// Allow has the app's AllowAddress let in each address, and returns what must be
// there before the service calls from it.
func Allow(a app.App, name string, addresses pulumi.StringArray) (allowed []pulumi.Resource, err error) {
	if a.AllowAddress == nil {
		return nil, nil
	}
	for i, address := range addresses {
		of := name
		if len(addresses) > 1 {
			of += "-" + strconv.Itoa(i)
		}
		one, err := a.AllowAddress(of, address)
		if err != nil {
			return nil, fmt.Errorf("let the address %s in: %w", of, err)
		}
		allowed = append(allowed, one)
	}
	return allowed, nil
}
