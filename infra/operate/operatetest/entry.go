package operatetest

import (
	"encoding/json"
	"strings"
	"time"
)

// logged is a line as Cloud Logging keeps it: of a structured one it takes time
// and severity out.
func logged(i Instance, n int) object {
	entry := object{
		"timestamp": i.loggedAt(n).UTC().Format(time.RFC3339Nano), "severity": "DEFAULT",
		"resource": object{"labels": object{"revision_name": i.Name}}, "labels": object{"instanceId": "00f1"},
	}
	var record object
	if json.Unmarshal([]byte(i.Log[n]), &record) != nil {
		entry["textPayload"] = i.Log[n]
		return entry
	}
	level, _ := record["level"].(string)
	entry["severity"] = strings.Replace(level, "WARN", "WARNING", 1)
	record["message"] = record["msg"]
	for _, taken := range []string{"time", "level", "msg"} {
		delete(record, taken)
	}
	entry["jsonPayload"] = record
	return entry
}
