package control

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/killrvideo/killrvideo-go/astra/local/access"
	"github.com/killrvideo/killrvideo-go/astra/local/databases"
	"github.com/killrvideo/killrvideo-go/astra/local/schema"
)

// defaultPage is how many databases a list has when the request names no limit.
const defaultPage = 25

// stamp is how the API writes times.
const stamp = "2006-01-02T15:04:05Z"

// describe returns a database in the API's shape.
func (h *Handler) describe(v databases.View) map[string]any {
	first, more := "", []string{}
	if len(v.Keyspaces) > 0 {
		first, more = v.Keyspaces[0], v.Keyspaces[1:]
	}
	endpoint := "https://" + v.ID + "-" + v.Region + ".apps.astra.datastax.com"
	center := map[string]any{
		"id": v.ID + "-1", "name": "dc-1", "tier": "serverless", "capacityUnits": 1, "cloudProvider": v.Provider, "region": v.Region,
		"regionZone": zone(v.Region), "regionClassification": "standard", "isPrimary": true, "status": v.Status,
		"dateCreated": v.Created.Format(stamp),
		"grafanaUrl":  "", "cqlshUrl": endpoint + "/cqlsh", "dataEndpointUrl": endpoint + "/api/rest", "graphqlUrl": endpoint + "/api/graphql",
		"secureBundleUrl": "", "secureBundleInternalUrl": "", "secureBundleMigrationProxyUrl": "", "secureBundleMigrationProxyInternalUrl": "",
	}
	info := map[string]any{
		"name": v.Name, "keyspace": first, "keyspaces": v.Keyspaces, "additionalKeyspaces": more, "datacenters": []any{center},
		"cloudProvider": v.Provider, "region": v.Region, "tier": "serverless", "capacityUnits": 1, "dbType": "vector",
	}
	return map[string]any{
		"id": v.ID, "orgId": h.Book.Org, "ownerId": v.Owner, "info": info, "status": v.Status, "observedStatus": v.Status,
		"creationTime": v.Created.Format(stamp), "lastUsageTime": v.Used.Format(stamp), "terminationTime": "0001-01-01T00:00:00Z",
		"storage":          map[string]any{"nodeCount": 1, "replicationFactor": 1, "totalStorage": 1, "usedStorage": 0},
		"availableActions": actions(v.Status), "dataEndpointUrl": endpoint + "/api/rest", "graphqlUrl": endpoint + "/api/graphql",
		"grafanaUrl": "", "cqlshUrl": endpoint + "/cqlsh", "metrics": map[string]any{"errorsTotalCount": 0, "liveDataSizeBytes": 0},
	}
}

// actions are what a database in a status lets its owner do.
func actions(status string) []string {
	switch status {
	case databases.Active:
		return []string{"getCreds", "terminate", "addKeyspace", "removeKeyspace", "addDatacenters"}
	case databases.Parked:
		return []string{"unpark", "terminate"}
	}
	return []string{}
}

// may refuses a token without the action on a database or on the organization.
func (h *Handler) may(principal access.Principal, id, action string) error {
	if principal.Can(action, h.org()) {
		return nil
	}
	return need(principal, h.db(id), action)
}

func (h *Handler) databases(principal access.Principal, r *http.Request) (int, any, error) {
	q := r.URL.Query()
	limit, err := pageLimit(q)
	if err != nil {
		return 0, nil, err
	}
	out := []any{}
	after, started := q.Get("starting_after"), q.Get("starting_after") == ""
	for _, v := range h.Databases.List() {
		if started && len(out) < limit && included(v, q) && h.may(principal, v.ID, "org-db-view") == nil {
			out = append(out, h.describe(v))
		}
		started = started || v.ID == after
	}
	if len(out) == 0 && !principal.CanWithin("org-db-view", h.org()) {
		return 0, nil, need(principal, h.org(), "org-db-view")
	}
	return http.StatusOK, out, nil
}

func pageLimit(q url.Values) (int, error) {
	if q.Get("limit") == "" {
		return defaultPage, nil
	}
	n, err := strconv.Atoi(q.Get("limit"))
	if err != nil || n < 1 || n > 100 {
		return 0, &problem{http.StatusBadRequest, "limit must be from 1 to 100"}
	}
	return n, nil
}

// included applies the filters of a list; without one it hides what is gone.
func included(v databases.View, q url.Values) bool {
	provider := strings.ToUpper(q.Get("provider"))
	if provider != "" && provider != "ALL" && provider != v.Provider {
		return false
	}
	switch want := strings.ToUpper(q.Get("include")); want {
	case "", "NONTERMINATED":
		return v.Status != databases.Terminated
	case "ALL":
		return true
	default:
		return v.Status == want
	}
}

func (h *Handler) describeOne(v databases.View, _ *http.Request) (int, any, error) {
	return http.StatusOK, h.describe(v), nil
}

// creation is the body that asks for a database.
type creation struct {
	Name          string `json:"name"`
	Keyspace      string `json:"keyspace"`
	CloudProvider string `json:"cloudProvider"`
	Region        string `json:"region"`
	Tier          string `json:"tier"`
	CapacityUnits int    `json:"capacityUnits"`
	DBType        string `json:"dbType"`
}

func (c *creation) check() error {
	c.CloudProvider = strings.ToUpper(c.CloudProvider)
	known := slices.ContainsFunc(allRegions, func(r region) bool { return r.Name == c.Region && r.CloudProvider == c.CloudProvider })
	switch {
	case c.Name == "" || len(c.Name) > 50:
		return &problem{http.StatusBadRequest, "the database needs a name of at most 50 characters"}
	case c.Keyspace != "" && schema.CheckName("keyspace", c.Keyspace, schema.MaxName) != nil:
		return &problem{http.StatusBadRequest, "the keyspace name is not supported"}
	case c.Tier != "serverless":
		return &problem{http.StatusBadRequest, "the tier must be serverless"}
	case c.CapacityUnits != 1:
		return &problem{http.StatusBadRequest, "capacityUnits must be 1"}
	case !known:
		return &problem{http.StatusBadRequest, "the region " + c.Region + " of the cloud provider " + c.CloudProvider + " is not available"}
	}
	return nil
}

func (h *Handler) createDatabase(principal access.Principal, r *http.Request) (int, any, error) {
	if err := need(principal, h.org(), "org-db-create"); err != nil {
		return 0, nil, err
	}
	var c creation
	if err := read(r, &c); err != nil {
		return 0, nil, err
	}
	if err := c.check(); err != nil {
		return 0, nil, err
	}
	d := databases.Database{Name: c.Name, Region: c.Region, Provider: c.CloudProvider, Owner: principal.ClientID}
	if c.Keyspace == "" {
		c.Keyspace = "default_keyspace"
	}
	d.Keyspaces = []string{c.Keyspace}
	id, err := h.Databases.Create(d)
	return http.StatusCreated, location(id), err
}

// location is an answer without a body; clients find the id of what they made
// in the header.
type location string

func act(do func(id string) error) func(databases.View, *http.Request) (int, any, error) {
	return func(v databases.View, _ *http.Request) (int, any, error) { return http.StatusAccepted, nil, do(v.ID) }
}

func (h *Handler) authorizeKeyspace(principal access.Principal, id, ks, all, one string) error {
	if all != "" && principal.Can(all, h.db(id)) {
		return nil
	}
	return need(principal, access.Resource{Org: h.Book.Org, DB: id, Keyspace: ks}, one)
}

func (h *Handler) createKeyspace(principal access.Principal, r *http.Request) (int, any, error) {
	id, ks := r.PathValue("id"), r.PathValue("ks")
	if err := h.authorizeKeyspace(principal, id, ks, "db-all-keyspace-create", "db-keyspace-create"); err != nil {
		return 0, nil, err
	}
	if schema.CheckName("keyspace", ks, schema.MaxName) != nil {
		return 0, nil, &problem{http.StatusBadRequest, "the keyspace name is not supported"}
	}
	return http.StatusCreated, nil, h.Databases.CreateKeyspace(id, ks)
}

func (h *Handler) dropKeyspace(principal access.Principal, r *http.Request) (int, any, error) {
	id, ks := r.PathValue("id"), r.PathValue("ks")
	if err := h.authorizeKeyspace(principal, id, ks, "", "db-keyspace-drop"); err != nil {
		return 0, nil, err
	}
	return http.StatusAccepted, nil, h.Databases.DropKeyspace(id, ks)
}

// capacityUnits lists the groups of provisioned capacity, of which there are none.
func (h *Handler) capacityUnits(*http.Request) (int, any, error) { return http.StatusOK, []any{}, nil }

func now() time.Time { return time.Now().UTC() }
