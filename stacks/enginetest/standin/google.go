package standin

import (
	"fmt"
	"strconv"
	"time"
)

// Google stands in for Cloud Run and Secret Manager.
func Google() Kind {
	return Kind{
		Package: "gcp", Service: "gcp:cloudrunv2/service:Service",
		slow: []string{"gcp:secretmanager/secretIamMember:SecretIamMember"},
		told: googleTells, run: googleRuns, gone: googleRemoves, reads: googleReads,
		unready: "Error waiting to create Service: Error waiting for Updating Service: Error code 9, message: the revision is not ready and cannot serve traffic",
	}
}

// googleRemoves is what becomes of a secret's version: its policy says so, and
// any that Google does not know destroys it.
func googleRemoves(thing Thing) string {
	if thing.Type != "gcp:secretmanager/secretVersion:SecretVersion" {
		return "delete"
	}
	switch text(thing.Props, "deletionPolicy") {
	case "DISABLE":
		return "disable"
	case "ABANDON":
		return "abandon"
	}
	return "destroy"
}

const googleProject = "example-project"

func googleTells(c *Cloud, made Thing) (string, map[string]any) {
	in := made.Props
	switch made.Type {
	case "gcp:serviceaccount/account:Account":
		email := text(in, "accountId") + "@" + googleProject + ".iam.gserviceaccount.com"
		return "projects/" + googleProject + "/serviceAccounts/" + email, map[string]any{"email": email, "member": "serviceAccount:" + email}
	case "gcp:secretmanager/secret:Secret":
		id := "projects/" + googleProject + "/secrets/" + text(in, "secretId")
		return id, map[string]any{"name": id, "project": googleProject}
	case "gcp:secretmanager/secretVersion:SecretVersion":
		version := strconv.Itoa(c.count(text(in, "secret")))
		id := text(in, "secret") + "/versions/" + version
		return id, map[string]any{"name": id, "version": version}
	case "gcp:artifactregistry/repository:Repository":
		id := "projects/" + googleProject + "/locations/" + text(in, "location") + "/repositories/" + text(in, "repositoryId")
		return id, map[string]any{"name": text(in, "repositoryId"), "project": googleProject}
	case "gcp:cloudrunv2/service:Service":
		id := "projects/" + googleProject + "/locations/" + text(in, "location") + "/services/" + text(in, "name")
		created := c.count(id)
		if !c.fails(made.Type) && (!c.stuck || created == 1) {
			c.newest = created
		}
		revision := func(n int) string { return fmt.Sprintf("%s/revisions/%s-%05d", id, text(in, "name"), n) }
		return id, map[string]any{"uri": c.URL(), "latestCreatedRevision": revision(created), "latestReadyRevision": revision(c.newest)}
	}
	return fmt.Sprintf("%s-%d", made.Name, c.count(made.Name)), nil
}

// googleReads is a service as Google has it: its template, after a failed update
// too, which revision is ready, and where the traffic goes.
func googleReads(c *Cloud, service Thing) (outputs, inputs map[string]any) {
	revision := func(n int) string {
		return fmt.Sprintf("%s/revisions/%s-%05d", service.ID, text(service.Props, "name"), n)
	}
	traffics := service.Props["traffics"]
	if c.pinned {
		traffics = []any{map[string]any{"type": "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", "revision": "pinned-by-hand", "percent": 100.0}}
	}
	return map[string]any{"latestCreatedRevision": revision(c.made[service.ID]), "latestReadyRevision": revision(c.newest)},
		map[string]any{"template": service.Props["template"], "traffics": traffics}
}

// googleRuns reads each pinned version with the service's own account.
func googleRuns(c *Cloud, service Thing) (running, error) {
	var r running
	member := "serviceAccount:" + text(service.Props, "template", "serviceAccount")
	for _, env := range list(service.Props, "template", "containers", 0, "envs") {
		if text(env, "name") == "REVISION" {
			r.revision = text(env, "value")
		}
		ref := at(env, "valueSource", "secretKeyRef")
		if ref == nil {
			continue
		}
		secret, version := text(ref, "secret"), text(ref, "version")
		grants := c.find("gcp:secretmanager/secretIamMember:SecretIamMember", map[string]any{"secretId": secret, "member": member})
		if len(grants) == 0 || time.Since(grants[0].made) < c.effect {
			return r, fmt.Errorf("permission denied on secret %s for %s", secret, member)
		}
		id := "projects/" + googleProject + "/secrets/" + secret + "/versions/" + version
		versions := c.find("gcp:secretmanager/secretVersion:SecretVersion", map[string]any{"name": id})
		if len(versions) == 0 {
			return r, fmt.Errorf("secret version %s was not found", id)
		}
		r.uses = append(r.uses, use(grants[0]), use(versions[0]))
	}
	return r, nil
}
