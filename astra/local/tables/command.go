package tables

import (
	"context"
	"encoding/json"

	"github.com/killrvideo/killrvideo-go/astra/local/access"
	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/schema"
)

// call is one command under way.
type call struct {
	h         *Handler
	ctx       context.Context
	who       access.Principal
	keyspace  string
	tableName string
	name      string
	body      *jsonv.Object
	table     *schema.Table
	warnings  []*fault.Error
}

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

func find(name string) (command, bool) {
	switch name {
	case "findKeyspaces", "findNamespaces":
		return command{at: database, fields: []string{}, run: (*call).findKeyspaces}, true
	case "findEmbeddingProviders":
		return command{at: database, fields: []string{"options"}, options: []string{"filterModelStatus"}, run: (*call).findEmbeddingProviders}, true
	case "createKeyspace", "dropKeyspace", "createNamespace", "dropNamespace":
		return command{at: database, fields: []string{"name", "options"}, options: []string{"*"}, run: (*call).refuseKeyspace}, true
	case "createTable":
		return command{keyspace, []string{"name", "definition", "options"}, []string{"ifNotExists"}, "", true, (*call).createTable}, true
	case "dropTable":
		return command{keyspace, []string{"name", "options"}, []string{"ifExists"}, "", true, (*call).dropTable}, true
	case "listTables":
		return command{keyspace, []string{"options"}, []string{"explain"}, "", false, (*call).listTables}, true
	case "dropIndex":
		return command{keyspace, []string{"name", "options"}, []string{"ifExists"}, "", true, (*call).dropIndex}, true
	}
	return tableCommand(name)
}

func tableCommand(name string) (command, bool) {
	index := []string{"name", "definition", "options"}
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

// onlyCollections lists the commands that exist, but not for tables.
func onlyCollections(name string) bool {
	switch name {
	case "countDocuments", "estimatedDocumentCount", "updateMany", "findOneAndUpdate", "findOneAndReplace", "findOneAndDelete", "findAndRerank":
		return true
	}
	return false
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
	cmd, ok := find(c.name)
	unsupported := at == table && onlyCollections(c.name)
	if !unsupported && (!ok || cmd.at != at) {
		return nil, fault.New("COMMAND_UNKNOWN", "The command '%s' is not known at this address.", c.name)
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
	if unsupported {
		return nil, fault.New("UNSUPPORTED_TABLE_COMMAND", "The command '%s' is not supported by tables.", c.name)
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

// resolve finds keyspace and table as far as the role lets them be seen.
func (c *call) resolve() error {
	if c.keyspace == "" {
		return nil
	}
	if !c.h.Store.HasKeyspace(c.keyspace) || !c.seesKeyspace(c.keyspace) {
		return fault.New("UNKNOWN_KEYSPACE", "The keyspace '%s' does not exist, or the token's role does not see it.", c.keyspace)
	}
	if c.tableName == "" {
		return nil
	}
	t, ok := c.h.Store.Table(c.keyspace, c.tableName)
	if !ok || !c.who.Can("db-table-describe", c.resource(c.keyspace, c.tableName)) {
		return fault.New("UNKNOWN_COLLECTION_OR_TABLE", "The table '%s' does not exist in keyspace '%s', or the token's role does not see it.", c.tableName, c.keyspace)
	}
	c.table = t
	return nil
}

func (c *call) seesKeyspace(ks string) bool {
	return c.who.Can("db-keyspace-describe", c.resource(ks, "")) || c.who.Can("db-all-keyspace-describe", c.resource("", ""))
}

func (c *call) may(action, table string) error {
	if c.who.Can(action, c.resource(c.keyspace, table)) {
		return nil
	}
	return fault.New("UNAUTHORIZED_ACCESS", "The token's role lacks %s on table %s.%s.", action, c.keyspace, table)
}

func (c *call) checkFields(cmd command) error {
	for _, k := range c.body.Keys {
		if k == "options" && !contains(cmd.fields, k) {
			if c.options().Len() > 0 {
				return fault.New("COMMAND_ACCEPTS_NO_OPTIONS", "The command '%s' accepts no options.", c.name)
			}
			continue
		}
		if !contains(cmd.fields, k) {
			return fault.New("COMMAND_FIELD_UNKNOWN", "The command '%s' has no field '%s'.", c.name, k)
		}
	}
	in, _ := c.body.Get("options")
	if _, ok := in.(*jsonv.Object); in != nil && !ok {
		return fault.New("COMMAND_FIELD_VALUE_INVALID", "The field 'options' must be an object.")
	}
	if contains(cmd.options, "*") || !contains(cmd.fields, "options") {
		return nil
	}
	for _, k := range c.options().sortedKeys() {
		if !contains(cmd.options, k) {
			return fault.New("COMMAND_FIELD_UNKNOWN", "The command '%s' has no option '%s'.", c.name, k)
		}
	}
	return nil
}

func contains(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}

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
		return false, fault.New("COMMAND_FIELD_VALUE_INVALID", "The option '%s' must be true or false.", name)
	}
	return b, nil
}

// number reads a whole number of at least min; given is false when absent.
func (o opts) number(name string, min int64) (n int64, given bool, err error) {
	in, _ := o.Get(name)
	if in == nil {
		return 0, false, nil
	}
	num, _ := in.(json.Number)
	n, err = num.Int64()
	if err != nil || n < min || n > 1<<31-1 {
		return 0, false, fault.New("COMMAND_FIELD_VALUE_INVALID", "The option '%s' must be a whole number of at least %d.", name, min)
	}
	return n, true, nil
}

func (c *call) text(name string) (string, error) {
	in, _ := c.body.Get(name)
	s, ok := in.(string)
	if !ok || s == "" {
		return "", fault.New("COMMAND_FIELD_VALUE_INVALID", "The field '%s' must be a text that is not empty.", name)
	}
	return s, nil
}

// object reads an object field; null and absent give nil.
func (c *call) object(name string) (*jsonv.Object, error) {
	in, _ := c.body.Get(name)
	o, ok := in.(*jsonv.Object)
	if in != nil && !ok {
		return nil, fault.New("COMMAND_FIELD_VALUE_INVALID", "The field '%s' must be an object.", name)
	}
	return o, nil
}

func (c *call) warn(code, format string, args ...any) {
	c.warnings = append(c.warnings, fault.New(code, format, args...))
}

func done() *reply { return &reply{Status: map[string]any{"ok": 1}} }
