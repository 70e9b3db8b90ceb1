package tables

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/killrvideo/killrvideo-go/astra/local/access"
	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// call is one command under way.
type call struct {
	h         *Handler
	ctx       context.Context
	who       access.Principal
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

// level says which address a command belongs to.
type level int

const (
	database level = iota
	keyspace
	table
)

type command struct {
	at      level
	fields  []string
	options []string
	action  string
	change  bool
	run     func(*call) (*reply, error)
}

// commands lists the commands of an address by name. Those of a table or
// collection say which of the two takes them.
func (h *Handler) find(name string) (command, bool) {
	cmd, ok := general(name)
	if !ok {
		cmd, ok = ofKeyspace(name)
	}
	if !ok {
		cmd, ok = ofTable(name)
	}
	return cmd, ok
}

func general(name string) (command, bool) {
	none := []string{}
	switch name {
	case "findKeyspaces", "findNamespaces":
		return command{at: database, fields: none, run: (*call).findKeyspaces}, true
	case "findEmbeddingProviders":
		return command{at: database, fields: []string{"options"}, options: []string{"filterModelStatus"}, run: (*call).findEmbeddingProviders}, true
	case "findRerankingProviders":
		return command{at: database, fields: []string{"options"}, options: []string{"filterModelStatus"}, run: (*call).findRerankingProviders}, true
	case "createKeyspace", "dropKeyspace", "createNamespace", "dropNamespace":
		return command{at: database, fields: []string{"name", "options"}, options: []string{"*"}, run: (*call).refuseKeyspace}, true
	}
	return command{}, false
}

func ofKeyspace(name string) (command, bool) {
	explain := []string{"explain"}
	switch name {
	case "createTable":
		return command{keyspace, []string{"name", "definition", "options"}, []string{"ifNotExists"}, "", true, (*call).createTable}, true
	case "dropTable":
		return command{keyspace, []string{"name", "options"}, []string{"ifExists"}, "", true, (*call).dropTable}, true
	case "listTables":
		return command{keyspace, []string{"options"}, explain, "", false, (*call).listTables}, true
	case "dropIndex":
		return command{keyspace, []string{"name", "options"}, []string{"ifExists"}, "", true, (*call).dropIndex}, true
	case "createCollection":
		return command{keyspace, []string{"name", "options"}, []string{"*"}, "", true, (*call).createCollection}, true
	case "deleteCollection":
		return command{keyspace, []string{"name"}, nil, "", true, (*call).deleteCollection}, true
	case "findCollections":
		return command{keyspace, []string{"options"}, explain, "", false, (*call).findCollections}, true
	case "createType":
		return command{keyspace, []string{"name", "definition", "options"}, []string{"ifNotExists"}, "", true, (*call).createType}, true
	case "alterType":
		return command{keyspace, []string{"name", "rename", "add"}, nil, "", true, (*call).alterType}, true
	case "dropType":
		return command{keyspace, []string{"name", "options"}, []string{"ifExists"}, "", true, (*call).dropType}, true
	case "listTypes":
		return command{keyspace, []string{"options"}, explain, "", false, (*call).listTypes}, true
	}
	return command{}, false
}

func ofTable(name string) (command, bool) {
	index := []string{"name", "definition", "indexType", "options"}
	switch name {
	case "alterTable":
		return command{table, []string{"operation"}, nil, "db-table-alter", true, (*call).alterTable}, true
	case "createIndex":
		return command{table, index, []string{"ifNotExists"}, "db-table-alter", true, (*call).createIndex}, true
	case "createVectorIndex":
		return command{table, index, []string{"ifNotExists"}, "db-table-alter", true, (*call).createVectorIndex}, true
	case "createTextIndex":
		return command{table, index, []string{"ifNotExists"}, "db-table-alter", true, (*call).createTextIndex}, true
	case "listIndexes":
		return command{table, []string{"options"}, []string{"explain"}, "", false, (*call).listIndexes}, true
	case "insertOne":
		return command{table, []string{"document"}, nil, "db-table-modify", false, (*call).insertOne}, true
	case "insertMany":
		return command{table, []string{"documents", "options"}, []string{"ordered", "returnDocumentResponses"}, "db-table-modify", false, (*call).insertMany}, true
	case "findOne":
		return command{table, []string{"filter", "projection", "sort", "options"}, []string{"includeSimilarity", "includeSortVector"}, "db-table-select", false, (*call).findOne}, true
	case "find":
		return command{table, []string{"filter", "projection", "sort", "options"}, []string{"limit", "skip", "pageState", "includeSimilarity", "includeSortVector"}, "db-table-select", false, (*call).find}, true
	case "updateOne":
		return command{table, []string{"filter", "update", "sort", "options"}, []string{"upsert"}, "db-table-modify", false, (*call).updateOne}, true
	case "deleteOne":
		return command{table, []string{"filter", "sort"}, nil, "db-table-modify", false, (*call).deleteOne}, true
	case "deleteMany":
		return command{table, []string{"filter", "sort"}, nil, "db-table-modify", false, (*call).deleteMany}, true
	}
	return command{}, false
}

// Commands of tables, and those of collections, which tables do not take.
func tableCommands() []string {
	return []string{"alterTable", "createIndex", "createTextIndex", "createVectorIndex", "deleteMany", "deleteOne", "find", "findOne",
		"insertMany", "insertOne", "listIndexes", "updateOne"}
}

func collectionCommands() []string {
	return []string{"countDocuments", "deleteMany", "deleteOne", "estimatedDocumentCount", "find", "findAndRerank", "findOne", "findOneAndDelete",
		"findOneAndReplace", "findOneAndUpdate", "insertMany", "insertOne", "updateMany", "updateOne"}
}

func keyspaceCommands() []string {
	return []string{"alterType", "createCollection", "createTable", "createType", "deleteCollection", "dropIndex", "dropTable", "dropType",
		"findCollections", "listTables", "listTypes"}
}

func generalCommands() []string {
	return []string{"createKeyspace", "createNamespace", "dropKeyspace", "dropNamespace", "findEmbeddingProviders", "findKeyspaces", "findNamespaces", "findRerankingProviders"}
}

// unknown refuses a command that its address does not know.
func (c *call) unknown(at level) error {
	kind, known := "General Command", generalCommands()
	switch at {
	case keyspace:
		kind, known = "Keyspace Command", keyspaceCommands()
	case table:
		kind, known = "Collection Command", slices.Compact(slices.Sorted(slices.Values(append(collectionCommands(), tableCommands()...))))
	}
	return fault.New("COMMAND_UNKNOWN", "Command '%s' is not a %s recognized by Data API.\n\nData API supports following %ss: [%s].\n\nResend using one of the supported commands.",
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
	cmd, ok := c.h.find(c.name)
	forCollections := at == table && contains(collectionCommands(), c.name)
	ok = ok && cmd.at == at
	if !ok && !forCollections {
		return nil, c.unknown(at)
	}
	lock := c.h.Store.Schema.RLocker()
	if cmd.change {
		c.h.Store.Schema.Lock()
		defer c.h.Store.Schema.Unlock()
	} else {
		lock.Lock()
		defer lock.Unlock()
	}
	if err := c.resolve(); err != nil {
		return nil, err
	}
	if c.table != nil && c.table.Collection != nil {
		if cmd, ok = ofCollection(c.name); !ok {
			return nil, c.notForCollections()
		}
	}
	if !ok {
		return nil, c.notForTables()
	}
	if cmd.action != "" {
		if err := c.may(cmd.action, c.tableName); err != nil {
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
		"Resend using one of the supported commands.", list(tableCommands()), list(collectionCommands()), c.full(), c.name)
}

// resolve finds keyspace and table as far as the role lets them be seen.
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
	if !ok || !c.who.Can("db-table-describe", c.resource(c.keyspace, c.tableName)) {
		return fault.New("UNKNOWN_COLLECTION_OR_TABLE", "The collection or table %s does not exist in the keyspace %s, or the token's role does not see it.\n\n"+
			"The keyspace has the collections or tables: %s.\n\nResend the command with one that exists.", c.tableName, c.keyspace, list(c.visible()))
	}
	c.table = t
	return nil
}

// visible lists the tables and collections that the token's role sees.
func (c *call) visible() (names []string) {
	for _, t := range c.h.Store.Tables(c.space()) {
		if c.who.Can("db-table-describe", c.resource(c.keyspace, t.Name)) {
			names = append(names, t.Name)
		}
	}
	return names
}

func (c *call) seesKeyspace(ks string) bool {
	return c.who.Can("db-keyspace-describe", c.resource(ks, "")) || c.who.Can("db-all-keyspace-describe", c.resource("", ""))
}

func (c *call) may(action, table string) error {
	if c.who.Can(action, c.resource(c.keyspace, table)) {
		return nil
	}
	return fault.New("UNAUTHORIZED_ACCESS", "The token may not do what the command asks for: its role lacks %s.\n\n"+
		"The command used the keyspace and table or collection: %s.%s.\n\nResend the command with a token that may.", action, c.keyspace, table)
}

func (c *call) checkFields(cmd command) error {
	for _, k := range c.body.Keys {
		if k == "options" && !contains(cmd.fields, k) {
			if c.options().Len() > 0 {
				return fault.New("COMMAND_ACCEPTS_NO_OPTIONS", "The command '%s' does not accept options, but has some.\n\nResend the command without options.", c.name)
			}
			continue
		}
		if !contains(cmd.fields, k) {
			return unknownField(k, cmd.fields)
		}
	}
	in, _ := c.body.Get("options")
	if _, ok := in.(*jsonv.Object); in != nil && !ok {
		return schema.Mismatch("the field 'options' must be an object, not %s.", value.JSONKind(in))
	}
	if contains(cmd.options, "*") || !contains(cmd.fields, "options") {
		return nil
	}
	for _, k := range c.options().sortedKeys() {
		if !contains(cmd.options, k) {
			return unknownField(k, cmd.options)
		}
	}
	return nil
}

func unknownField(field string, known []string) error {
	return fault.New("COMMAND_FIELD_UNKNOWN", "Command field '%s' not recognized: not one of known fields ('%s').\n\nResend the command with known fields only.",
		field, strings.Join(slices.Sorted(slices.Values(known)), "', '"))
}

func contains(list []string, s string) bool { return slices.Contains(list, s) }

// opts reads options; a null counts as absent.
type opts struct{ *jsonv.Object }

func (c *call) options() opts {
	in, _ := c.body.Get("options")
	o, _ := in.(*jsonv.Object)
	return opts{o}
}

func (o opts) sortedKeys() []string {
	if o.Object == nil {
		return nil
	}
	return o.Keys
}

func (o opts) boolean(name string) (bool, error) {
	in, _ := o.Get(name)
	b, ok := in.(bool)
	if in != nil && !ok {
		return false, schema.Mismatch("the option '%s' must be true or false, not %s.", name, value.JSONKind(in))
	}
	return b, nil
}

// number reads a whole number of at least min; given is false when absent.
func (o opts) number(name string, min int64) (n int64, given bool, err error) {
	in, _ := o.Get(name)
	if in == nil {
		return 0, false, nil
	}
	num, ok := in.(json.Number)
	n, err = num.Int64()
	if !ok || err != nil || n > 1<<31-1 {
		return 0, false, schema.Mismatch("the option '%s' must be a whole number, not %s.", name, value.JSONKind(in))
	}
	if n < min {
		return 0, false, invalidField("options."+name, in, fmt.Sprintf("%s should be greater than or equal to %d", name, min))
	}
	return n, true, nil
}

// newName reads the name of what a command makes.
func (c *call) newName(what string, longest int) (string, error) {
	in, _ := c.body.Get("name")
	s, ok := in.(string)
	if in != nil && !ok {
		return "", schema.Mismatch("the field 'name' must be a text, not %s.", value.JSONKind(in))
	}
	return s, schema.CheckName(what, s, longest)
}

// oldName reads the name of what a command drops or changes.
func (c *call) oldName() (string, error) {
	in, _ := c.body.Get("name")
	s, ok := in.(string)
	switch {
	case in != nil && !ok:
		return "", schema.Mismatch("the field 'name' must be a text, not %s.", value.JSONKind(in))
	case in == nil:
		return "", invalidField("name", nil, "must not be null")
	case s == "":
		return "", invalidField("name", s, "must not be empty")
	}
	return s, nil
}

// object reads an object field; null and absent give nil.
func (c *call) object(name string) (*jsonv.Object, error) {
	in, _ := c.body.Get(name)
	o, ok := in.(*jsonv.Object)
	if in != nil && !ok {
		return nil, schema.Mismatch("the field '%s' must be an object, not %s.", name, value.JSONKind(in))
	}
	return o, nil
}

func (c *call) warn(code, format string, args ...any) {
	c.warnings = append(c.warnings, fault.New(code, format, args...))
}

func done() *reply { return &reply{Status: map[string]any{"ok": 1}} }
