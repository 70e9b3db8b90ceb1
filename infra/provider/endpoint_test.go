package provider

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra"
)

// The Data API of a database is at the configured endpoint, unless that is
// another database's, else where the DevOps API says.
func TestDataAPIOfADatabase(t *testing.T) {
	t.Parallel()
	const id, other = "00000000-0000-4000-8000-00000000beef", "00000000-0000-4000-8000-00000000dead"
	const gateway, prefixed = "https://data-api-of-the-shop.intranet.example.com", "https://" + other + ".example.com"
	control := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v2/databases/"+id {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_, _ = w.Write([]byte(`{"id":"` + id + `","status":"ACTIVE","info":{"region":"us-east1"}}`))
	}))
	t.Cleanup(control.Close)
	found := astra.Endpoint(id, "us-east1")
	for name, test := range map[string]struct{ endpoint, token, database, want, err string }{
		"configured":                   {"http://127.0.0.1:8181", "", id, "http://127.0.0.1:8181", ""},
		"its own":                      {astra.Endpoint(id, "eu-west1"), "", id, astra.Endpoint(id, "eu-west1"), ""},
		"a gateway with a long name":   {gateway, "", id, gateway, ""},
		"begins like another's":        {prefixed, "", id, prefixed, ""},
		"another's":                    {astra.Endpoint(other, "us-east1"), "generated for this test", id, found, ""},
		"another's, no deploy token":   {astra.Endpoint(other, "us-east1"), "", id, "", "is that of database " + other + ", not of " + id},
		"none":                         {"", "generated for this test", id, found, ""},
		"none, no deploy token":        {"", "", id, "", "neither a dataApiEndpoint nor a deployToken"},
		"none, of an unknown database": {"", "generated for this test", other, "", "find the Data API of database " + other},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := connection{http: http.DefaultClient, config: Config{
				DevopsEndpoint: control.URL + "/v2", DataAPIEndpoint: test.endpoint, DeployToken: test.token}}
			data, err := c.data(t.Context(), test.database)
			if test.err == "" && (err != nil || data.endpoint != test.want) {
				t.Errorf("it is at %q, %v; want %s", data.endpoint, err, test.want)
			}
			if test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)) {
				t.Errorf("it is at %q, %v; want %q", data.endpoint, err, test.err)
			}
		})
	}
}
