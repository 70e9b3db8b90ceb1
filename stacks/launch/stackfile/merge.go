package stackfile

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
)

// encryption are the members that say how the secrets of a file are encrypted.
var encryption = []string{"encryptionsalt", "encryptedkey", "secretsprovider"}

// merge brings what changed in the committed file since base into the working
// copy, group by group, and returns a note for every setting of the working
// copy that it overruled. Whatever else was set in the working copy stays.
//
// Secrets count together with their key: a working copy that has one keeps it,
// and takes over no secret that is encrypted with another.
func merge(committed, base, working Settings) (notes []string) {
	takeEncryption(committed, working)
	m := merger{foreignSecrets: !sameKey(committed, working)}
	config := working.Config()
	m.members("", committed.Config(), base.Config(), config)
	working["config"] = config
	return m.notes
}

func takeEncryption(committed, working Settings) {
	for _, member := range encryption {
		if working[member] != nil {
			return
		}
	}
	for _, member := range encryption {
		if value := committed[member]; value != nil {
			working[member] = value
		}
	}
}

func sameKey(a, b Settings) bool {
	return !slices.ContainsFunc(encryption, func(member string) bool { return a[member] != b[member] })
}

type merger struct {
	foreignSecrets bool
	notes          []string
}

func (m *merger) members(path string, committed, base, working map[string]any) {
	for _, key := range sorted(committed) {
		m.changed(join(path, key), key, committed[key], base[key], working)
	}
	for _, key := range sorted(base) {
		if _, still := committed[key]; !still {
			m.removed(join(path, key), key, base[key], working)
		}
	}
}

// changed takes a member over if it differs from base.
func (m *merger) changed(path, key string, value, before any, working map[string]any) {
	here, set := working[key]
	group, isGroup := asGroup(value)
	hereGroup, hereIsGroup := asGroup(here)
	switch {
	case reflect.DeepEqual(value, before):
	case m.foreignSecrets && isSecret(value):
		m.note("%s: the secret in the committed file is encrypted with another key than the working copy and was not taken over", path)
	case isGroup && (hereIsGroup || !set):
		beforeGroup, _ := asGroup(before)
		if hereGroup == nil {
			hereGroup = map[string]any{}
		}
		m.members(path, group, beforeGroup, hereGroup)
		working[key] = hereGroup
	default:
		if set && !reflect.DeepEqual(here, before) && !reflect.DeepEqual(here, value) {
			m.note("%s: was %s in the working copy and is now %s, as in the committed file", path, shown(here), shown(value))
		}
		working[key] = value
	}
}

// removed deletes a member that the committed file no longer has, unless it was
// set to something else in the working copy.
func (m *merger) removed(path, key string, before any, working map[string]any) {
	here, set := working[key]
	group, isGroup := asGroup(before)
	hereGroup, hereIsGroup := asGroup(here)
	switch {
	case !set:
	case isGroup && hereIsGroup:
		m.members(path, nil, group, hereGroup)
		if len(hereGroup) == 0 {
			delete(working, key)
		}
	case reflect.DeepEqual(here, before):
		delete(working, key)
	default:
		m.note("%s: was removed from the committed file and stays %s, as set in the working copy", path, shown(here))
	}
}

func (m *merger) note(format string, args ...any) {
	m.notes = append(m.notes, fmt.Sprintf(format, args...))
}

func sorted(group map[string]any) []string { return slices.Sorted(maps.Keys(group)) }

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// isSecret says whether a value is an encrypted one, {secure: …}.
func isSecret(value any) bool {
	object, is := value.(map[string]any)
	return is && len(object) == 1 && object["secure"] != nil
}

// asGroup is a value whose members are merged one by one.
func asGroup(value any) (map[string]any, bool) {
	group, is := value.(map[string]any)
	return group, is && !isSecret(value)
}

func shown(value any) string {
	if isSecret(value) {
		return "a secret"
	}
	if _, is := asGroup(value); is {
		return "a group"
	}
	return fmt.Sprint(value)
}
