package stacks

import (
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

// tables hands the service's schema, which is data, to the Astra resources.
func tables() []resource.Table {
	declared := schema.Tables()
	list := make([]resource.Table, len(declared))
	for i, t := range declared {
		list[i] = resource.Table{Name: t.Name, Definition: t.Definition}
		for _, index := range t.Indexes {
			list[i].Indexes = append(list[i].Indexes, resource.Index{
				Name: index.Name, Kind: index.Kind, Definition: index.Definition,
			})
		}
	}
	return list
}
