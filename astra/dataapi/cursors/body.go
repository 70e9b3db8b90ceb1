package cursors

import "github.com/killrvideo/killrvideo-go/astra/dataapi/options"

// Body is the body of a find. What is not set is left out.
func Body(filter any, find *options.TableFindOptions, pageState string) map[string]any {
	set := map[string]any{}
	put(set, "limit", find.Limit)
	put(set, "skip", find.Skip)
	put(set, "includeSimilarity", find.IncludeSimilarity)
	put(set, "includeSortVector", find.IncludeSortVector)
	if pageState != "" {
		set["pageState"] = pageState
	}
	body := map[string]any{}
	if filter != nil {
		body["filter"] = filter
	}
	if find.Sort != nil {
		body["sort"] = find.Sort
	}
	if find.Projection != nil {
		body["projection"] = find.Projection
	}
	if len(set) > 0 {
		body["options"] = set
	}
	return body
}

func put[T comparable](set map[string]any, name string, value *T) {
	var zero T
	if value != nil && *value != zero {
		set[name] = *value
	}
}
