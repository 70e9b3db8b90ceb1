package tables

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/local/documents"
	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// Limits of one document.
const (
	maxDocument   = 4_000_000
	maxDepth      = 16
	maxArray      = 1000
	maxMembers    = 1000
	maxProperties = 2000
	maxString     = 8000
	maxPath       = 1000
)

func tooLarge(format string, args ...any) error {
	return fault.New("SHRED_DOC_LIMIT_VIOLATION", "The document exceeds a limit of the API: "+format+".", args...)
}

func objectID() string {
	raw := make([]byte, 12)
	_, _ = rand.Read(raw[4:])
	binary.BigEndian.PutUint32(raw, uint32(time.Now().Unix()))
	return hex.EncodeToString(raw)
}

// checkWrapped refuses values that an EJSON wrapper cannot hold.
func checkWrapped(name string, in any) error {
	s, isText := in.(string)
	switch name {
	case "$date":
		n, ok := in.(json.Number)
		if _, err := n.Int64(); !ok || err != nil {
			return errors.New("'$date' must have a whole number of milliseconds")
		}
	case "$uuid":
		if _, err := uuid.Parse(s); !isText || err != nil || len(s) != 36 {
			return errors.New("'$uuid' must have a UUID of 36 characters")
		}
	case "$objectId":
		if _, err := hex.DecodeString(s); !isText || err != nil || len(s) != 24 {
			return errors.New("'$objectId' must have 24 hexadecimal digits")
		}
	}
	return nil
}

// checkDocument refuses documents beyond the API's limits and names.
func (c *call) checkDocument(doc *jsonv.Object) error {
	properties := 0
	if doc.Len() > maxMembers {
		return tooLarge("number of properties an indexable Object has (%d) exceeds maximum allowed (%d)", doc.Len(), maxMembers)
	}
	for _, k := range doc.Keys {
		if k == documents.Vector || k == documents.Vectorize || k == documents.ID {
			continue
		}
		if k == documents.Lexical {
			if err := c.checkLexical(doc.Value(k)); err != nil {
				return err
			}
			continue
		}
		if err := c.checkMember("", k, doc.Value(k), 1, &properties); err != nil {
			return err
		}
	}
	return nil
}

func (c *call) checkMember(parent, name string, v any, depth int, properties *int) error {
	path := strings.TrimPrefix(parent+"."+documents.Join(name), ".")
	*properties++
	switch {
	case name == "":
		return fault.New("SHRED_BAD_FIELD_NAME", "The name of a field is not valid: an empty name is not allowed.")
	case name[0] == '$':
		return fault.New("SHRED_BAD_FIELD_NAME", "The name of a field is not valid: '%s' begins with '$'.", name)
	case *properties > maxProperties:
		return tooLarge("total number of properties exceeds maximum allowed (%d)", maxProperties)
	case len(path) > maxPath:
		return tooLarge("field path length (%d) exceeds maximum allowed (%d)", len(path), maxPath)
	}
	return c.checkElement(path, v, depth, properties)
}

func (c *call) checkElement(path string, v any, depth int, properties *int) error {
	if depth > maxDepth {
		return tooLarge("document depth exceeds maximum allowed (%d)", maxDepth)
	}
	switch x := v.(type) {
	case string:
		if len(x) > maxString && c.indexedPath(path) {
			return tooLarge("indexed String value (field '%s') length (%d bytes) exceeds maximum allowed (%d bytes)", path, len(x), maxString)
		}
	case []any:
		if len(x) > maxArray && c.indexedPath(path) {
			return tooLarge("number of elements an indexable Array (field '%s') has (%d) exceeds maximum allowed (%d)", path, len(x), maxArray)
		}
		for _, e := range x {
			if err := c.checkElement(path, e, depth+1, properties); err != nil {
				return err
			}
		}
	case *jsonv.Object:
		return c.checkObject(path, x, depth, properties)
	}
	return nil
}

func (c *call) checkObject(path string, o *jsonv.Object, depth int, properties *int) error {
	if o.Len() == 1 && o.Keys[0] != "" && o.Keys[0][0] == '$' {
		name := o.Keys[0]
		if !documents.IsWrapped(o) {
			return fault.New("SHRED_BAD_FIELD_NAME", "The name of a field is not valid: '%s' begins with '$'.", name)
		}
		if err := checkWrapped(name, o.Value(name)); err != nil {
			return fault.New("SHRED_BAD_EJSON_VALUE", "The JSON extension value at '%s' is not valid: %v.", path, err)
		}
		return nil
	}
	if o.Len() > maxMembers && c.indexedPath(path) {
		return tooLarge("number of properties an indexable Object ('%s') has (%d) exceeds maximum allowed (%d)", path, o.Len(), maxMembers)
	}
	for _, k := range o.Keys {
		if err := c.checkMember(path, k, o.Value(k), depth+1, properties); err != nil {
			return err
		}
	}
	return nil
}

// documentOf reads a document of a command.
func documentOf(in any) (*jsonv.Object, error) {
	doc, ok := in.(*jsonv.Object)
	if !ok {
		return nil, fault.New("SHRED_BAD_DOCUMENT_TYPE", "A document must be a JSON Object, not %s.", value.JSONKind(in))
	}
	return doc, nil
}

func alreadyExists(id any) error {
	raw, err := jsonv.Marshal(id)
	if err != nil {
		return err
	}
	return fault.New("DOCUMENT_ALREADY_EXISTS", "The document cannot be inserted: one with the '_id' (%s) exists.\n\n"+
		"Resend the command with another '_id', or update the document.", fmt.Sprint(string(raw)))
}
