package ci

import (
	"encoding/json"
	"fmt"
)

// Source is where a program's settings come from: a *pulumi.Context.
type Source interface {
	GetConfig(key string) (string, bool)
	Project() string
}

// Text is a setting of the project, "" if it is not set.
func Text(source Source, key string) string {
	value, _ := source.GetConfig(source.Project() + ":" + key)
	return value
}

// Structured reads a list or an object into to, which stays as it is if the
// setting is not set.
func Structured(source Source, key string, to any) error {
	text := Text(source, key)
	if text == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(text), to); err != nil {
		return fmt.Errorf("%s: %w; set its members one by one with: pulumi config set --path '%s…'", key, err, key)
	}
	return nil
}

// RepositoryOf is the one that the settings name; its Check says what is wrong.
func RepositoryOf(source Source) Repository {
	return Repository{
		Owner: Text(source, "owner"), Name: Text(source, "repository"),
		OwnerID: Text(source, "ownerId"), ID: Text(source, "repositoryId"),
	}
}
