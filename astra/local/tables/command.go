package tables

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/killrvideo/killrvideo-go/astra/local/access"
	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// call is one command in progress.
type call struct {
	h         *Handler
	ctx       context.Context
	principal access.Principal
	headers   http.Header
	database  string
	keyspace  string
	tableName string
	name      string
	body      *jsonv.Object
	table     *schema.Table
	warnings  []*fault.Error
}

// space is the store's name for the call's keyspace.
func (c *call) space() string { return c.h.Databases.Space(c.database, c.keyspace) }

// unknown refuses a command that its address does not know.
func (c *call) unknown(at level) error {
	kind, known := "General Command", c.h.names(database)
	switch at {
	case keyspace:
		kind, known = "Keyspace Command", c.h.names(keyspace)
	case table:
		kind, known = "Collection Command", slices.Compact(slices.Sorted(slices.Values(append(c.h.names(collection), c.h.names(table)...))))
	}
	return fault.New("COMMAND_UNKNOWN", "Command '%s' is not a %s recognized by Data API.\n\nData API supports following %ss: [%s].\n\n"+
		"Resend using one of the supported commands.",
		c.name, kind, kind, strings.Join(known, ", "))
}

// run checks where the command was sent and what it holds, then runs it.
func (c *call) run() (*reply, error) {
	at := database
	if c.keyspace != "" {
		at = keyspace
	}
	if c.tableName != "" {
		at = table
	}
	cmd, ok := c.h.command(at, c.name)
	ofCollection, forCollections := command{}, false
	if at == table {
		ofCollection, forCollections = c.h.command(collection, c.name)
	}
	if !ok && !forCollections {
		return nil, c.unknown(at)
	}
	lock := c.h.Store.Schema.RLocker()
	if cmd.change {
		lock = &c.h.Store.Schema
	}
	lock.Lock()
	defer lock.Unlock()
	if err := c.resolve(); err != nil {
		if unknown := c.checkFields(cmd.or(ofCollection)); at == table && unknown != nil {
			return nil, unknown
		}
		return nil, err
	}
	if c.table != nil && c.table.Collection != nil {
		if cmd, ok = ofCollection, forCollections; !ok {
			return nil, c.notForCollections()
		}
	}
	if !ok {
		return nil, c.notForTables()
	}
	if cmd.action != "" {
		if err := c.authorize(cmd.action, c.tableName); err != nil {
			return nil, err
		}
	}
	if err := c.checkFields(cmd); err != nil {
		return nil, err
	}
	return cmd.run(c)
}

func (c *call) notForTables() error {
	return fault.New("UNSUPPORTED_TABLE_COMMAND", "Tables do not support the command.\n\nThe commands supported by tables are: %s.\n"+
		"The commands supported by collections are: %s.\n\nThe command ran against the table: %s\nThe unsupported command was: %s.\n\n"+
		"Resend using one of the supported commands.", list(c.h.names(table)), list(c.h.names(collection)), c.full(), c.name)
}

// resolve finds keyspace and table, if the role may see them.
func (c *call) resolve() error {
	if c.keyspace == "" {
		return nil
	}
	if !c.h.Store.HasKeyspace(c.space()) || !c.seesKeyspace(c.keyspace) {
		return fault.New("UNKNOWN_KEYSPACE", "The keyspace does not exist in the database, or the token's role does not see it.\n\n"+
			"The command used the keyspace: %s.\n\nResend the command with a keyspace that exists.", c.keyspace)
	}
	if c.tableName == "" {
		return nil
	}
	t, ok := c.h.Store.Table(c.space(), c.tableName)
	if !ok || !c.principal.Can("db-table-describe", c.resource(c.keyspace, c.tableName)) {
		var names []string
		for _, t := range c.visible() {
			names = append(names, t.Name)
		}
		return fault.New("UNKNOWN_COLLECTION_OR_TABLE", "The collection or table %s does not exist in the keyspace %s, or the token's "+
			"role does not see it.\n\n"+
			"The keyspace has the collections or tables: %s.\n\nResend the command with one that exists.", c.tableName,
			c.keyspace, list(names))
	}
	c.table = t
	return nil
}

func (c *call) seesKeyspace(ks string) bool {
	return c.principal.Can("db-keyspace-describe", c.resource(ks, "")) || c.principal.Can("db-all-keyspace-describe", c.resource("", ""))
}

func (c *call) authorize(action, table string) error {
	if c.principal.Can(action, c.resource(c.keyspace, table)) {
		return nil
	}
	return fault.New("UNAUTHORIZED_ACCESS", "The token may not do what the command asks for: its role lacks %s.\n\n"+
		"The command used the keyspace and table or collection: %s.%s.\n\nResend the command with a token that may.", action, c.keyspace, table)
}

func (c *call) checkFields(cmd command) error {
	for _, k := range c.body.Keys {
		if k == "options" && !slices.Contains(cmd.fields, k) {
			if c.options().Len() > 0 {
				return fault.New("COMMAND_ACCEPTS_NO_OPTIONS", "The command '%s' does not accept options, but has some.\n\nResend the command "+
					"without options.", c.name)
			}
			continue
		}
		if err := fault.OnlyFields("", []string{k}, cmd.fields...); err != nil {
			return err
		}
	}
	options, err := readObject("the field 'options'", c.body.Value("options"))
	if err != nil {
		return err
	}
	if slices.Contains(cmd.options, "*") || !slices.Contains(cmd.fields, "options") {
		return nil
	}
	return fault.OnlyFields("", schema.Members(options), cmd.options...)
}

// newName reads the name of what a command makes.
func (c *call) newName(what string, longest int) (string, error) {
	s, err := readText("the field 'name'", c.body.Value("name"))
	if err != nil {
		return "", err
	}
	return s, schema.CheckName(what, s, longest)
}

// oldName reads the name of what a command drops or changes.
func (c *call) oldName() (string, error) {
	in := c.body.Value("name")
	s, err := readText("the field 'name'", in)
	switch {
	case err != nil:
		return "", err
	case in == nil:
		return "", invalidField("name", nil, "must not be null")
	case s == "":
		return "", invalidField("name", s, "must not be empty")
	}
	return s, nil
}

// readText reads a text; "" for null and absent.
func readText(what string, in any) (string, error) {
	s, ok := in.(string)
	if in != nil && !ok {
		return "", fault.Mismatch("%s must be a text, not %s.", what, value.JSONKind(in))
	}
	return s, nil
}

// readObject reads an object; nil for null and absent.
func readObject(what string, in any) (*jsonv.Object, error) {
	o, ok := in.(*jsonv.Object)
	if in != nil && !ok {
		return nil, fault.Mismatch("%s must be an object, not %s.", what, value.JSONKind(in))
	}
	return o, nil
}

// needed reads an object field that a command must have.
func (c *call) needed(name string) (*jsonv.Object, error) {
	o, err := readObject("the field '"+name+"'", c.body.Value(name))
	if err == nil && o == nil {
		err = invalidField(name, nil, "must not be null")
	}
	return o, err
}

func (c *call) warn(code, format string, args ...any) {
	c.warnings = append(c.warnings, fault.New(code, format, args...))
}

func done() *reply { return &reply{Status: map[string]any{"ok": 1}} }
