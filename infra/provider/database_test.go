package provider_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/killrvideo/killrvideo-go/astra/devops"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

func databaseInputs(region string) map[string]property.Value {
	return map[string]property.Value{
		"name": str("shop"), "cloudProvider": str("GCP"), "region": str(region), "keyspace": str("orders"),
	}
}

func unprotected(inputs map[string]property.Value) map[string]property.Value {
	return with(inputs, "deletionProtection", property.New(false))
}

func TestDatabaseLifeCycle(t *testing.T) {
	t.Parallel()
	embedded := startAstra(t)
	s := newStack(t, embedded.server(t), resource.DatabaseType)
	if preview := s.previewCreate(databaseInputs("us-east1")); !preview.Get("dataApiEndpoint").HasComputed() {
		t.Errorf("a preview shows %v", preview)
	}
	must(t, s.create(databaseInputs("us-east1")))
	live, err := embedded.control(t).Database(t.Context(), s.id)
	must(t, err)
	if live.Status != devops.StatusActive || !live.HasKeyspace("orders") || s.text("databaseId") != live.ID ||
		s.text("status") != live.Status {
		t.Errorf("created %+v, the state is %v", live, s.state)
	}
	if want := "https://" + s.id + "-us-east1.apps.astra.datastax.com"; s.text("dataApiEndpoint") != want {
		t.Errorf("dataApiEndpoint = %s, want %s", s.text("dataApiEndpoint"), want)
	}
	if d := s.diff(databaseInputs("us-east1")); d.HasChanges {
		t.Errorf("a second up changes %v", d.DetailedDiff)
	}
	refused(t, s.delete(), "protected", "deletionProtection")
	_, err = s.tryDiff(databaseInputs("us-east4"))
	refused(t, err, "replace the database shop", "deletionProtection")

	open := unprotected(databaseInputs("us-east1"))
	if d := s.diff(open); len(d.DetailedDiff) != 1 || d.DetailedDiff["deletionProtection"].Kind != p.Update {
		t.Errorf("without protection it shows as %v, want an update", d.DetailedDiff)
	}
	_, err = s.update(open, false)
	must(t, err)
	if d := s.diff(unprotected(databaseInputs("us-east4"))); d.DetailedDiff["region"].Kind != p.UpdateReplace || d.DeleteBeforeReplace {
		t.Errorf("another region shows as %+v, want a replacement, new first", d)
	}
	must(t, s.delete())
	if !s.isGone() {
		t.Error("after the deletion the database is still there for a refresh")
	}
	must(t, s.delete())
}

func TestDatabaseImport(t *testing.T) {
	t.Parallel()
	embedded := startAstra(t)
	s := newStack(t, embedded.server(t), resource.DatabaseType)
	must(t, s.create(unprotected(databaseInputs("us-east1"))))
	imported, err := s.imported()
	must(t, err)
	if !imported.state.Get("deletionProtection").AsBool() || imported.text("region") != "us-east1" {
		t.Errorf("imported %v", imported.state)
	}
	if d := imported.diff(databaseInputs("us-east1")); d.HasChanges {
		t.Errorf("after the import an up changes %v", d.DetailedDiff)
	}
	organization := s.text("organizationId")
	s.state = s.state.Delete("organizationId")
	if got := s.read().Properties.Get("organizationId"); !got.IsString() || got.AsString() != organization {
		t.Errorf("after a refresh the organisation is %v, want %s", got, organization)
	}
	unknown := *s
	unknown.id = "00000000-0000-4000-8000-00000000dead"
	if !unknown.isGone() {
		t.Error("a database that Astra does not know is still there for a refresh")
	}
	must(t, embedded.control(t).TerminateDatabase(t.Context(), s.id))
	if !s.isGone() {
		t.Error("a database deleted elsewhere is still there for a refresh")
	}
}

func TestDatabaseCreationWithoutAnswerPrintsTheImport(t *testing.T) {
	t.Parallel()
	embedded := startAstra(t)
	broken := embedded.behind(t, func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodPost || r.URL.Path != "/v2/databases" {
			return false
		}
		embedded.forward(t, httptest.NewRecorder(), r)
		w.WriteHeader(http.StatusGatewayTimeout)
		return true
	}, nil)
	err := newStack(t, broken.server(t), resource.DatabaseType).create(databaseInputs("us-east1"))
	refused(t, err, "may have been created", "pulumi import astradb:index:Database it UUID")
}

func TestDatabaseInErrorStaysInTheState(t *testing.T) {
	t.Parallel()
	embedded := startAstra(t)
	broken := embedded.behind(t, func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodGet || !strings.HasPrefix(r.URL.Path, "/v2/databases/") {
			return false
		}
		_, _ = w.Write([]byte(`{"status":"ERROR"}`))
		return true
	}, nil)
	s := newStack(t, broken.server(t), resource.DatabaseType)
	refused(t, s.create(databaseInputs("us-east1")), "its status is ERROR")
	if s.id == "" {
		t.Fatal("the database that was created is in no state")
	}
	s.server = newServer(t, nil)
	if _, err := s.update(databaseInputs("us-east1"), true); err != nil {
		t.Errorf("a preview without credentials ends with %v", err)
	}
	s.server = embedded.server(t)
	if _, err := s.update(databaseInputs("us-east1"), false); err != nil || s.text("status") != devops.StatusActive {
		t.Errorf("the next up ends with %v, %v", s.state, err)
	}
}

// A database that is being terminated cannot be used any more.
func TestATerminatingDatabaseIsGone(t *testing.T) {
	t.Parallel()
	embedded := startAstra(t)
	s := newStack(t, embedded.server(t), resource.DatabaseType)
	must(t, s.create(databaseInputs("us-east1")))
	for status, gone := range map[string]bool{"ACTIVE": false, "HIBERNATED": false, "TERMINATING": true, "TERMINATED": true} {
		s.server = embedded.behind(t, func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path != "/v2/databases/"+s.id {
				return false
			}
			_, _ = w.Write([]byte(`{"id":"` + s.id + `","status":"` + status + `","info":{"name":"shop"}}`))
			return true
		}, nil).server(t)
		if s.isGone() != gone {
			t.Errorf("with status %s gone = %v, want %v", status, !gone, gone)
		}
	}
}

func TestDatabaseCheckNamesTheField(t *testing.T) {
	t.Parallel()
	s := newStack(t, newServer(t, nil), resource.DatabaseType)
	for field, value := range map[string]string{"name": strings.Repeat("n", 51), "cloudProvider": "MOON", "region": ""} {
		_, failures := s.check(with(databaseInputs("us-east1"), field, str(value)))
		if len(failures) != 1 || failures[0].Property != field {
			t.Errorf("%s: failures = %v", field, failures)
		}
	}
	if _, failures := s.check(with(databaseInputs("us-east1"), "name", str(""))); len(failures) != 1 || failures[0].Property != "name" {
		t.Errorf("no name: failures = %v", failures)
	}
	s.checked(with(databaseInputs("us-east1"), "name", str(strings.Repeat("n", 50))))
}
