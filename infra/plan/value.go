package plan

import (
	"strings"

	"google.golang.org/protobuf/types/known/structpb"
)

// Secret stands for a value that must not be seen.
const Secret = "[secret]"

// The marks of the engine's own protocol, see sdk/go/common/resource in
// github.com/pulumi/pulumi.
const (
	signature       = "4dabf18193072939515e22adb298388d"
	secretSignature = "1b47061264138c4ac30d75fd1eb44270"
	outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
)

// plain turns an input into what can be printed.
func plain(value *structpb.Value) any {
	switch kind := value.GetKind().(type) {
	case *structpb.Value_StringValue:
		return kind.StringValue
	case *structpb.Value_BoolValue:
		return kind.BoolValue
	case *structpb.Value_NumberValue:
		return kind.NumberValue
	case *structpb.Value_ListValue:
		list := make([]any, 0, len(kind.ListValue.GetValues()))
		for _, item := range kind.ListValue.GetValues() {
			list = append(list, plain(item))
		}
		return list
	case *structpb.Value_StructValue:
		return object(kind.StructValue.GetFields())
	}
	return nil
}

func object(fields map[string]*structpb.Value) any {
	switch mark := fields[signature].GetStringValue(); {
	case mark == secretSignature, mark == outputSignature && fields["secret"].GetBoolValue():
		return Secret
	case mark == outputSignature:
		return plain(fields["value"])
	}
	all := make(map[string]any, len(fields))
	for name, item := range fields {
		all[name] = plain(item)
	}
	return all
}

// below writes paths in a folder as relative to it, whose machine it ever is on.
func below(folder string, value any) any {
	switch v := value.(type) {
	case string:
		if folder != "" && (v == folder || strings.HasPrefix(v, folder+"/")) {
			return "." + strings.TrimPrefix(v, folder)
		}
	case []any:
		for i := range v {
			v[i] = below(folder, v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = below(folder, v[name])
		}
	}
	return value
}
