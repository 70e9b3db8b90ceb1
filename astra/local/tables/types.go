package tables

import (
	"slices"

	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// authorizeType checks a right on all tables of the keyspace: types belong to it.
func (c *call) authorizeType(action string) error {
	if c.principal.Can(action, c.resource(c.keyspace, "")) {
		return nil
	}
	return c.authorize(action, "*")
}

func (c *call) createType() (*reply, error) {
	name, _ := c.body.Value("name").(string)
	if name == "" {
		return nil, invalidField("name", c.body.Value("name"), "must not be empty")
	}
	def, err := c.needed("definition")
	if err != nil {
		return nil, err
	}
	if err := fault.OnlyFields("'definition'", def.Keys, "fields"); err != nil {
		return nil, err
	}
	fields, err := schema.ParseColumns(def.Value("fields"))
	if err != nil {
		return nil, err
	}
	if err := schema.CheckName("type", name, schema.MaxName); err != nil {
		return nil, err
	}
	if len(fields) == 0 {
		return nil, fault.New("MISSING_FIELDS_FOR_TYPE_CREATION", "A user-defined type needs at least one field.\n\nResend the command "+
			"with at least one field.")
	}
	user := &value.User{Name: name}
	if user.Fields, err = schema.ParseFields(def.Value("fields")); err != nil {
		return nil, err
	}
	if err := c.authorizeType("db-table-create"); err != nil {
		return nil, err
	}
	return c.storeNewType(user)
}

func (c *call) storeNewType(user *value.User) (*reply, error) {
	ifNotExists, err := c.options().boolean("ifNotExists")
	if err != nil {
		return nil, err
	}
	if _, exists := c.h.Store.UserType(c.space(), user.Name); exists {
		if ifNotExists {
			return done(), nil
		}
		return nil, fault.New("CANNOT_ADD_EXISTING_TYPE", "The keyspace has a user-defined type of this name.\n\nThe command would add "+
			"the existing type: %s.\n\n"+
			"Resend the command with a name that the keyspace does not have.", user.Name)
	}
	return done(), c.h.Store.PutType(c.space(), user)
}

// knownType finds the type that a command names.
func (c *call) knownType(name string) (*value.User, error) {
	user, ok := c.h.Store.UserType(c.space(), name)
	if !ok {
		return nil, fault.New("UNKNOWN_USER_DEFINED_TYPE", "The keyspace does not have the user-defined type '%s'.\n\nResend the command with "+
			"a type that exists.", name)
	}
	return user, nil
}

func (c *call) alterType() (*reply, error) {
	name, err := c.oldName()
	if err != nil {
		return nil, err
	}
	renames, err := c.fieldsOf("rename")
	if err != nil {
		return nil, err
	}
	adds, err := c.fieldsOf("add")
	if err != nil {
		return nil, err
	}
	if renames.Len() == 0 && adds.Len() == 0 {
		return nil, fault.New("MISSING_ALTER_TYPE_OPERATIONS", "The command neither adds nor renames a field.\n\nResend the command with "+
			"fields to add or rename.")
	}
	added, err := schema.ParseFields(objectOrNil(adds))
	if err != nil {
		return nil, err
	}
	if err := c.authorizeType("db-table-alter"); err != nil {
		return nil, err
	}
	user, err := c.knownType(name)
	if err != nil {
		return nil, err
	}
	next := &value.User{Name: name, Fields: slices.Clone(user.Fields)}
	if err := rename(next, renames); err != nil {
		return nil, err
	}
	for _, f := range added {
		if next.At(f.Name) >= 0 {
			return nil, existingField(name, f.Name)
		}
		next.Fields = append(next.Fields, f)
	}
	return done(), c.h.Store.PutType(c.space(), next)
}

func objectOrNil(o *jsonv.Object) any {
	if o == nil {
		return nil
	}
	return o
}

// fieldsOf reads the fields of one part of an alterType.
func (c *call) fieldsOf(part string) (*jsonv.Object, error) {
	o, err := readObject("the field '"+part+"'", c.body.Value(part))
	if err != nil || o == nil {
		return nil, err
	}
	if err := fault.OnlyFields("'"+part+"'", o.Keys, "fields"); err != nil {
		return nil, err
	}
	return readObject("the field '"+part+".fields'", o.Value("fields"))
}

func rename(user *value.User, renames *jsonv.Object) error {
	for _, from := range schema.Members(renames) {
		to, ok := renames.Value(from).(string)
		if !ok {
			return fault.Mismatch("the new name of the field '%s' must be a text, not %s.", from, value.JSONKind(renames.Value(from)))
		}
		i := user.At(from)
		if i < 0 {
			return fault.New("CANNOT_RENAME_UNKNOWN_TYPE_FIELD", "The command renames a field that the type does not have.\n\nThe command "+
				"changed the type: %s.\n"+
				"The unknown field was: %s.\n\nResend the command with fields of the type only.", user.Name, from)
		}
		if user.At(to) >= 0 {
			return existingField(user.Name, to)
		}
		user.Fields[i].Name = to
	}
	return nil
}

func existingField(typ, field string) error {
	return fault.New("CANNOT_ADD_EXISTING_FIELD", "The command adds a field that the type has.\n\nThe command changed the type: %s.\n"+
		"The existing field was: %s.\n\nResend the command with new names only.", typ, field)
}

func (c *call) dropType() (*reply, error) {
	name, ifExists, err := c.dropped()
	if err != nil {
		return nil, err
	}
	if err := c.authorizeType("db-table-drop"); err != nil {
		return nil, err
	}
	if _, ok := c.h.Store.UserType(c.space(), name); !ok {
		if ifExists {
			return done(), nil
		}
		return nil, fault.New("CANNOT_DROP_UNKNOWN_TYPE", "The keyspace does not have the user-defined type.\n\nThe command would drop "+
			"the unknown type: %s.\n\n"+
			"Resend the command with a type that exists.", name)
	}
	if users := c.h.Store.UsersOf(c.space(), name); len(users) > 0 {
		var tables []string
		for _, t := range users {
			tables = append(tables, t.Name)
		}
		return nil, fault.New("CANNOT_DROP_TYPE_USED_BY_TABLE", "The user-defined type is used by tables.\n\nThe command "+
			"would drop the type: %s.\n"+
			"It is used by the tables: %s.\n\nResend the command with a type that no table uses.", name, list(tables))
	}
	return done(), c.h.Store.DropType(c.space(), name)
}
