package standin

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Google stands in for Cloud Run and Secret Manager.
func Google() Kind {
	return Kind{
		Package: "gcp", Service: "gcp:cloudrunv2/service:Service",
		slow: []string{"gcp:secretmanager/secretIamMember:SecretIamMember"},
		told: googleTells, run: googleRuns, gone: googleRemoves, reads: googleReads, platform: googlePlatform, routes: googleRoutes,
		within: googleIn, stores: googleStores,
		unready: "Error waiting to create Service: Error waiting for Updating Service: Error code 9, message: the revision is not ready and " +
			"cannot serve traffic",
	}
}

// googleRemoves is what becomes of a secret's version: its policy says so, and
// any that Google does not know destroys it.
func googleRemoves(thing Thing) string {
	if thing.Type != googleVersion {
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

// googleIn has a secret's versions and readers in it.
func googleIn(thing Thing) (kind, id string) {
	switch thing.Type {
	case googleVersion:
		return googleSecret, text(thing.Props, "secret")
	case "gcp:secretmanager/secretIamMember:SecretIamMember":
		return googleSecret, "projects/" + googleProject + "/secrets/" + text(thing.Props, "secretId")
	}
	return "", ""
}

const googleSecret = "gcp:secretmanager/secret:Secret"

const googleProject = "example-project"

func googleTells(c *Cloud, made Thing) (string, map[string]any) {
	in := made.Props
	switch made.Type {
	case "gcp:serviceaccount/account:Account":
		email := text(in, "accountId") + "@" + googleProject + ".iam.gserviceaccount.com"
		return "projects/" + googleProject + "/serviceAccounts/" + email, map[string]any{"email": email, "member": "serviceAccount:" + email}
	case googleSecret:
		id := "projects/" + googleProject + "/secrets/" + text(in, "secretId")
		return id, map[string]any{"name": id, "project": googleProject}
	case googleVersion:
		version := strconv.Itoa(c.count(text(in, "secret")))
		id := text(in, "secret") + "/versions/" + version
		return id, map[string]any{"name": id, "version": version, "createTime": time.Now().UTC().Format(time.RFC3339Nano)}
	case "gcp:artifactregistry/repository:Repository":
		id := "projects/" + googleProject + "/locations/" + text(in, "location") + "/repositories/" + text(in, "repositoryId")
		return id, map[string]any{"name": text(in, "repositoryId"), "project": googleProject}
	case "gcp:compute/address:Address":
		n := c.count("address")
		link := fmt.Sprintf("projects/%s/regions/%s/addresses/%s-%d", googleProject, text(in, "region"), made.Name, n)
		return link, map[string]any{"address": fmt.Sprintf("192.0.2.%d", n), "selfLink": link}
	case "gcp:compute/router:Router":
		return made.Name, map[string]any{"name": made.Name}
	case "gcp:projects/serviceIdentity:ServiceIdentity":
		email := "service-123456789012@" + text(in, "service")
		return email, map[string]any{"email": email, "member": "serviceAccount:" + email}
	case "gcp:cloudrun/domainMapping:DomainMapping": // there at once, without a certificate
		label, _, _ := strings.Cut(text(in, "name"), ".")
		record := map[string]any{"name": label, "type": "CNAME", "rrdata": "ghs.googlehosted.com."}
		id := "locations/" + text(in, "location") + "/namespaces/" + googleProject + "/domainmappings/" + text(in, "name")
		return id, map[string]any{"statuses": []any{map[string]any{"mappedRouteName": text(in, "spec", "routeName"),
			"resourceRecords": []any{record}}}}
	case "gcp:cloudrunv2/service:Service":
		id := "projects/" + googleProject + "/locations/" + text(in, "location") + "/services/" + text(in, "name")
		created := c.made[id]
		// A change of the traffic alone makes no revision.
		before := c.index(made.Type, id)
		if before < 0 || created != c.newest || !reflect.DeepEqual(c.things[before].Props["template"], in["template"]) {
			created = c.count(id)
		}
		if !c.fails(made.Type) && (!c.stuck || created == 1) {
			c.newest = created
		}
		return id, googleSays(c, id, made.Props)
	}
	return fmt.Sprintf("%s-%d", made.Name, c.count(made.Name)), nil
}

// googleSays is what only Google knows of a service.
func googleSays(c *Cloud, id string, props map[string]any) map[string]any {
	revision := func(n int) string { return fmt.Sprintf("%s/revisions/%s-%05d", id, text(props, "name"), n) }
	statuses := []any{}
	for _, target := range list(props, "traffics") {
		status := map[string]any{"type": text(target, "type"), "revision": text(target, "revision"), "tag": text(target, "tag")}
		if tag := text(target, "tag"); tag != "" {
			status["uri"] = c.URL() + "/" + tag
		}
		statuses = append(statuses, status)
	}
	return map[string]any{
		"uri": c.URL(), "latestCreatedRevision": revision(c.made[id]), "latestReadyRevision": revision(c.newest),
		"generation": fmt.Sprint(c.generation + 1), "trafficStatuses": statuses,
	}
}

// googleReads is a service as Google has it: its template, after a failed update
// too, which revision is ready, and where the traffic goes.
func googleReads(c *Cloud, service Thing) (outputs, inputs map[string]any) {
	inputs = map[string]any{"template": service.Props["template"], "traffics": c.targets}
	outputs = googleSays(c, service.ID, map[string]any{"name": service.Props["name"], "traffics": c.targets})
	outputs["generation"] = fmt.Sprint(c.generation)
	return outputs, inputs
}

// googleRuns reads each pinned version with the service's own account.
func googleRuns(c *Cloud, service Thing) (running, error) {
	var r running
	member := "serviceAccount:" + text(service.Props, "template", "serviceAccount")
	envs := list(service.Props, "template", "containers", 0, "envs")
	r.revision = variable(envs, "REVISION")
	for _, env := range envs {
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
		versions := c.find(googleVersion, map[string]any{"name": id})
		if len(versions) == 0 {
			return r, fmt.Errorf("secret version %s was not found", id)
		}
		r.uses = append(r.uses, use(grants[0]), use(versions[0]))
	}
	return r, nil
}
