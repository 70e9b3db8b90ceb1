package tables

import (
	"cmp"
	"slices"

	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

func (c *call) findKeyspaces() (*reply, error) {
	seen := []string{}
	db, _ := c.h.Databases.Get(c.database)
	for _, ks := range db.Keyspaces {
		if c.seesKeyspace(ks) {
			seen = append(seen, ks)
		}
	}
	key := "keyspaces"
	if c.name == "findNamespaces" {
		key = "namespaces"
		c.warn("DEPRECATED_COMMAND", "The command works, but a later release will not have it.\n\nThe deprecated command is: findNamespaces.\n"+
			"The new command is: findKeyspaces.")
	}
	return &reply{Status: map[string]any{key: seen}}, nil
}

func (c *call) refuseKeyspace() (*reply, error) {
	return nil, fault.New("UNAUTHORIZED_ACCESS", "Keyspaces are created and dropped through the DevOps API.\n\nSend POST or DELETE to "+
		"/v2/databases/{id}/keyspaces/{name}.")
}

// types finds the user-defined types of the call's keyspace.
func (c *call) types() schema.Types {
	return func(name string) (*value.User, bool) { return c.h.Store.UserType(c.space(), name) }
}

func (c *call) createTable() (*reply, error) {
	name, _ := c.body.Value("name").(string)
	if err := c.authorize("db-table-create", name); err != nil {
		return nil, err
	}
	ifNotExists, err := c.options().boolean("ifNotExists")
	if err != nil {
		return nil, err
	}
	def, err := c.needed("definition")
	if err != nil {
		return nil, err
	}
	t, err := schema.Parse(c.space(), name, def, c.types())
	if err != nil {
		return nil, err
	}
	if _, exists := c.h.Store.Table(c.space(), name); exists {
		if ifNotExists {
			return done(), nil
		}
		return nil, fault.New("CANNOT_ADD_EXISTING_TABLE", "The keyspace has a table of this name.\n\nThe command would add the "+
			"existing table: %s.\n\n"+
			"Resend the command with a name that the keyspace does not have.", name)
	}
	return done(), c.h.Store.CreateTable(t)
}

func (c *call) dropTable() (*reply, error) {
	name, err := c.oldName()
	if err != nil {
		return nil, err
	}
	if err := c.authorize("db-table-drop", name); err != nil {
		return nil, err
	}
	ifExists, err := c.options().boolean("ifExists")
	if err != nil {
		return nil, err
	}
	t, ok := c.h.Store.Table(c.space(), name)
	ok = ok && t.Collection == nil
	if !ok && ifExists {
		return done(), nil
	}
	if !ok {
		return nil, fault.New("CANNOT_DROP_UNKNOWN_TABLE", "The keyspace does not have the table.\n\nThe command would drop "+
			"the unknown table: %s.\n\n"+
			"Resend the command with a table that exists.", name)
	}
	return done(), c.h.Store.DropTable(t)
}

// listed answers with the names of things, or with their descriptions on demand.
func listed[T any](c *call, kind string, things []T, name func(T) string, describe func(T) map[string]any) (*reply, error) {
	explain, err := c.options().boolean("explain")
	if err != nil {
		return nil, err
	}
	out := make([]any, len(things))
	for i, t := range things {
		if out[i] = name(t); explain {
			out[i] = describe(t)
		}
	}
	return &reply{Status: map[string]any{kind: out}}, nil
}

// visible lists the tables and collections that the token's role sees.
func (c *call) visible() []*schema.Table {
	return slices.DeleteFunc(c.h.Store.Tables(c.space()), func(t *schema.Table) bool {
		return !c.principal.Can("db-table-describe", c.resource(c.keyspace, t.Name))
	})
}

func tableName(t *schema.Table) string { return t.Name }

func isCollection(t *schema.Table) bool { return t.Collection != nil }

func isTable(t *schema.Table) bool { return t.Collection == nil }

func (c *call) listTables() (*reply, error) {
	return listed(c, "tables", slices.DeleteFunc(c.visible(), isCollection), tableName, (*schema.Table).Describe)
}

func (c *call) findCollections() (*reply, error) {
	return listed(c, "collections", slices.DeleteFunc(c.visible(), isTable), tableName, func(t *schema.Table) map[string]any {
		return map[string]any{"name": t.Name, "options": t.Collection.Explained()}
	})
}

func (c *call) listIndexes() (*reply, error) {
	byName := func(a, b schema.Index) int { return cmp.Compare(a.Name, b.Name) }
	list := slices.SortedFunc(slices.Values(c.table.Indexes), byName)
	return listed(c, "indexes", list, func(i schema.Index) string { return i.Name }, schema.Index.Describe)
}

func (c *call) listTypes() (*reply, error) {
	return listed(c, "types", c.h.Store.UserTypes(c.space()), func(u *value.User) string { return u.Name },
		func(u *value.User) map[string]any { return schema.DescribeType(c.keyspace, u) })
}

// dropped reads what a command drops, and whether its absence is no error.
func (c *call) dropped() (name string, ifExists bool, err error) {
	if name, err = c.oldName(); err != nil {
		return "", false, err
	}
	ifExists, err = c.options().boolean("ifExists")
	return name, ifExists, err
}

func (c *call) dropIndex() (*reply, error) {
	name, ifExists, err := c.dropped()
	if err != nil {
		return nil, err
	}
	for _, t := range c.h.Store.Tables(c.space()) {
		for at, i := range t.Indexes {
			if i.Name != name {
				continue
			}
			if err := c.authorize("db-table-alter", t.Name); err != nil {
				return nil, err
			}
			return done(), c.h.Store.DropIndex(t, at)
		}
	}
	if ifExists {
		return done(), nil
	}
	return nil, fault.New("CANNOT_DROP_UNKNOWN_INDEX", "The keyspace does not have the index.\n\nThe command would drop "+
		"the unknown index: %s.\n\n"+
		"Resend the command with an index that exists.", name)
}

func (c *call) indexExists(name string) bool {
	named := func(i schema.Index) bool { return i.Name == name }
	return slices.ContainsFunc(c.h.Store.Tables(c.space()), func(t *schema.Table) bool { return slices.ContainsFunc(t.Indexes, named) })
}
