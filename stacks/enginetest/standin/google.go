package standin

import (
	"fmt"
	"strconv"
)

// Google stands in for Cloud Run and Secret Manager.
func Google() Kind {
	return Kind{
		Package: "gcp", Service: "gcp:cloudrunv2/service:Service",
		Slow: []string{"gcp:secretmanager/secretIamMember:SecretIamMember"},
		Told: googleTells, Run: googleRuns,
		Replaces: map[string][]string{
			"gcp:cloudrunv2/service:Service":                    {"location", "name", "project"},
			"gcp:cloudrunv2/serviceIamMember:ServiceIamMember":  {"condition", "location", "member", "name", "project", "role"},
			"gcp:projects/service:Service":                      {"project", "service"},
			"gcp:secretmanager/secret:Secret":                   {"project", "replication", "secretId"},
			"gcp:secretmanager/secretVersion:SecretVersion":     {"isSecretDataBase64", "secret", "secretData"},
			"gcp:secretmanager/secretIamMember:SecretIamMember": {"condition", "member", "project", "role", "secretId"},
			"gcp:serviceaccount/account:Account":                {"accountId", "project"},
			"gcp:artifactregistry/repository:Repository":        {"format", "kmsKeyName", "location", "mode", "project", "repositoryId"},
		},
	}
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
		version := strconv.Itoa(c.Count(text(in, "secret")))
		id := text(in, "secret") + "/versions/" + version
		return id, map[string]any{"name": id, "version": version}
	case "gcp:artifactregistry/repository:Repository":
		id := "projects/" + googleProject + "/locations/" + text(in, "location") + "/repositories/" + text(in, "repositoryId")
		return id, map[string]any{"name": text(in, "repositoryId"), "project": googleProject}
	case "gcp:cloudrunv2/service:Service":
		id := "projects/" + googleProject + "/locations/" + text(in, "location") + "/services/" + text(in, "name")
		created := c.Count(id)
		ready := created
		if c.stuck && created > 1 {
			ready = 1
		}
		revision := func(n int) string { return fmt.Sprintf("%s-%05d", text(in, "name"), n) }
		return id, map[string]any{"uri": c.URL(), "latestCreatedRevision": revision(created), "latestReadyRevision": revision(ready)}
	}
	return fmt.Sprintf("%s-%d", made.Name, c.Count(made.Name)), nil
}

// googleRuns reads each pinned version with the service's own account.
func googleRuns(c *Cloud, service Thing) (Running, error) {
	var running Running
	member := "serviceAccount:" + text(service.Props, "template", "serviceAccount")
	for _, env := range list(service.Props, "template", "containers", 0, "envs") {
		if text(env, "name") == "REVISION" {
			running.Revision = text(env, "value")
		}
		ref := at(env, "valueSource", "secretKeyRef")
		if ref == nil {
			continue
		}
		secret, version := text(ref, "secret"), text(ref, "version")
		grants := c.Find("gcp:secretmanager/secretIamMember:SecretIamMember", map[string]any{"secretId": secret, "member": member})
		if len(grants) == 0 {
			return running, fmt.Errorf("permission denied on secret %s for %s", secret, member)
		}
		id := "projects/" + googleProject + "/secrets/" + secret + "/versions/" + version
		versions := c.Find("gcp:secretmanager/secretVersion:SecretVersion", map[string]any{"name": id})
		if len(versions) == 0 {
			return running, fmt.Errorf("secret version %s was not found", id)
		}
		running.Uses = append(running.Uses, Use(grants[0]), Use(versions[0]))
	}
	return running, nil
}
