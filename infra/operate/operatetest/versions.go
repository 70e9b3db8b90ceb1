package operatetest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Version is one of a secret in the store of Google or AWS.
type Version struct {
	// Name is its own, below that of its secret.
	Name string
	// State is that of Google: ENABLED, DISABLED or DESTROYED.
	State string
	// Labels are those of AWS, such as AWSCURRENT.
	Labels  []string
	Created time.Time
}

// Versions are those of a secret by its id, and whether there is one.
type Versions func(secret string) ([]Version, bool)

// SecretManager is the API of Google's Secret Manager below /secretmanager/.
type SecretManager struct {
	Token    string
	Versions Versions
	// Change disables or destroys a version, by the verb.
	Change func(secret, version, verb string)
	// Forbidden are permissions that the caller has not.
	Forbidden []string
}

// Handler answers for it, and leaves the rest to another handler.
func (m *SecretManager) Handler(rest http.Handler) http.Handler {
	mux := http.NewServeMux()
	const secrets = " /secretmanager/projects/{project}/secrets/{secret}/versions"
	mux.HandleFunc("GET"+secrets, m.list)
	mux.HandleFunc("POST"+secrets+"/{call}", m.change)
	mux.Handle("/", rest)
	return mux
}

func (m *SecretManager) refuses(w http.ResponseWriter, r *http.Request, permission string) bool {
	w.Header().Set("Content-Type", "application/json")
	if r.Header.Get("Authorization") == "Bearer "+m.Token && !slices.Contains(m.Forbidden, permission) {
		return false
	}
	message := "Permission '" + permission + "' denied for resource (or it may not exist)."
	answer(w, http.StatusForbidden, object{"error": object{"code": 403, "status": "PERMISSION_DENIED", "message": message}})
	return true
}

func (m *SecretManager) list(w http.ResponseWriter, r *http.Request) {
	if m.refuses(w, r, "secretmanager.versions.list") {
		return
	}
	secret := "projects/" + r.PathValue("project") + "/secrets/" + r.PathValue("secret")
	all, known := m.Versions(secret)
	if !known {
		answer(w, http.StatusNotFound, object{"error": object{"status": "NOT_FOUND", "message": "Secret [" + secret + "] not found."}})
		return
	}
	list := []object{}
	begin := min(len(r.FormValue("pageToken")), len(all))
	end := min(begin+page, len(all))
	for _, v := range all[begin:end] {
		// Google names the project by its number.
		name := "projects/123456789012/secrets/" + r.PathValue("secret") + "/versions/" + v.Name
		list = append(list, object{"name": name, "state": v.State, "createTime": v.Created.UTC().Format(time.RFC3339Nano)})
	}
	told := object{"versions": list, "totalSize": len(all)}
	if end < len(all) {
		told["nextPageToken"] = strings.Repeat("t", end)
	}
	answer(w, http.StatusOK, told)
}

func (m *SecretManager) change(w http.ResponseWriter, r *http.Request) {
	version, verb, _ := strings.Cut(r.PathValue("call"), ":")
	if m.refuses(w, r, "secretmanager.versions."+verb) {
		return
	}
	secret := "projects/" + r.PathValue("project") + "/secrets/" + r.PathValue("secret")
	all, _ := m.Versions(secret)
	states := map[string]string{"disable": "DISABLED", "destroy": "DESTROYED"}
	if states[verb] == "" || !slices.ContainsFunc(all, func(v Version) bool { return v.Name == version }) {
		answer(w, http.StatusNotFound, object{"error": object{"status": "NOT_FOUND", "message": "there is no such version or verb"}})
		return
	}
	m.Change(secret, version, verb)
	answer(w, http.StatusOK, object{"name": secret + "/versions/" + version, "state": states[verb]})
}

// SecretsManager is the API of AWS Secrets Manager.
type SecretsManager struct {
	Region   string
	Versions Versions
	// Move takes a label from one version of a secret, or gives it to another.
	Move func(secret, label, from, to string)
	// Forbidden are actions that the caller may not do.
	Forbidden []string
}

// Handler answers for it, and leaves the rest to another handler.
func (m *SecretsManager) Handler(rest http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		operation, is := strings.CutPrefix(r.Header.Get("X-Amz-Target"), "secretsmanager.")
		if !is {
			rest.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		refuse := func(kind, message string) {
			answer(w, http.StatusBadRequest, object{"__type": kind, "Message": message})
		}
		text, _ := io.ReadAll(r.Body)
		var asked asked
		_ = json.NewDecoder(bytes.NewReader(text)).Decode(&asked)
		all, known := m.Versions(asked.SecretID)
		switch {
		case !strings.Contains(r.Header.Get("Authorization"), "/"+m.Region+"/secretsmanager/"), slices.Contains(m.Forbidden, operation):
			refuse("AccessDeniedException", "User: ada is not authorized to perform: secretsmanager:"+operation)
		case !known:
			refuse("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
		case operation == "ListSecretVersionIds":
			answer(w, http.StatusOK, asked.list(all))
		case operation != "UpdateSecretVersionStage":
			refuse("UnknownOperationException", operation)
		default:
			if problem := asked.problem(all); problem != "" {
				refuse("InvalidParameterException", problem)
				return
			}
			m.Move(asked.SecretID, asked.VersionStage, asked.RemoveFromVersionID, asked.MoveToVersionID)
			answer(w, http.StatusOK, object{"ARN": asked.SecretID})
		}
	})
}

// asked is the body of a request.
type asked struct {
	SecretID            string `json:"SecretId"`
	VersionStage        string
	RemoveFromVersionID string `json:"RemoveFromVersionId"`
	MoveToVersionID     string `json:"MoveToVersionId"`
	NextToken           string
	IncludeDeprecated   bool
}

// list gives a page. Versions without a label are deprecated.
func (a asked) list(all []Version) object {
	list := []object{}
	for _, v := range all {
		if len(v.Labels) > 0 || a.IncludeDeprecated {
			list = append(list, object{"VersionId": v.Name, "VersionStages": v.Labels, "CreatedDate": v.Created.Unix()})
		}
	}
	begin := min(len(a.NextToken), len(list))
	end := min(begin+page, len(list))
	told := object{"ARN": a.SecretID, "Versions": list[begin:end]}
	if end < len(list) {
		told["NextToken"] = strings.Repeat("t", end)
	}
	return told
}

// problem is why AWS refuses to move a label; "" if it does not.
func (a asked) problem(all []Version) string {
	has := func(version, label string) bool {
		return slices.ContainsFunc(all, func(v Version) bool {
			return v.Name == version && (label == "" || slices.Contains(v.Labels, label))
		})
	}
	switch {
	case a.RemoveFromVersionID != "" && !has(a.RemoveFromVersionID, a.VersionStage):
		return "the version does not have the staging label"
	case a.MoveToVersionID != "" && !has(a.MoveToVersionID, ""):
		return "there is no version to move the staging label to"
	case a.MoveToVersionID == "" && a.VersionStage == "AWSCURRENT":
		return "You can only move staging label AWSCURRENT to a different secret version. It can't be completely removed."
	}
	return ""
}

// MoveLabel takes a label from one version and gives it to another, "" for none.
// Whatever gave AWSCURRENT away gets AWSPREVIOUS, as AWS does it.
func MoveLabel(all []Version, label, from, to string) {
	for i, v := range all {
		gave := v.Name == from && label == "AWSCURRENT"
		all[i].Labels = slices.DeleteFunc(slices.Clone(v.Labels), func(has string) bool {
			return has == label || label == "AWSCURRENT" && has == "AWSPREVIOUS"
		})
		switch {
		case v.Name == to && to != "":
			all[i].Labels = append(all[i].Labels, label)
		case gave:
			all[i].Labels = append(all[i].Labels, "AWSPREVIOUS")
		case v.Name != from && label != "AWSCURRENT":
			all[i].Labels = v.Labels
		}
	}
}
