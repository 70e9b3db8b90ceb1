package e2e

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
	"github.com/killrvideo/killrvideo-go/stacks/enginetest"
)

// TestOneProgramFromDatabaseToToken makes a database, and in it a keyspace, its
// tables, a role and a token, as the example astra-only does, with the engine
// and the embedded Astra.
func TestOneProgramFromDatabaseToToken(t *testing.T) {
	t.Parallel()
	address, admin := enginetest.StartAstra(t, checkoutRoot(t))
	tables := []resource.Table{notes(map[string]string{"id": "uuid"})}
	stack := databaseStack(t, func(ctx *pulumi.Context) error { return databaseProgram(ctx, address, admin.Reveal(), tables) })

	_, err := stack.Preview(t.Context())
	check(t, err)
	up, err := stack.Up(t.Context())
	check(t, err)
	id, _ := up.Outputs["databaseId"].Value.(string)
	token, _ := up.Outputs["token"].Value.(string)
	insert := `{"insertOne":{"document":{"id":"00000000-0000-4000-8000-000000000009"}}}`
	if answer := dataAPI(t, address, id, token, insert); !strings.Contains(answer, "insertedIds") {
		t.Errorf("the token cannot write to its table: %s", answer)
	}
	if answer := dataAPI(t, address, "", token, insert); strings.Contains(answer, "insertedIds") {
		t.Errorf("the table is in the first database: %s", answer)
	}
	_, err = stack.Refresh(t.Context(), optrefresh.SuppressProgress())
	check(t, err)
	_, err = stack.Preview(t.Context(), optpreview.ExpectNoChanges())
	check(t, err)

	tables = []resource.Table{notes(map[string]string{"id": "uuid", "note": "text"})}
	_, err = stack.Up(t.Context(), optup.SuppressProgress())
	check(t, err)
	insert = `{"insertOne":{"document":{"id":"00000000-0000-4000-8000-000000000008","note":"added"}}}`
	if answer := dataAPI(t, address, id, token, insert); !strings.Contains(answer, "insertedIds") {
		t.Errorf("the new column is missing: %s", answer)
	}
	_, err = stack.Destroy(t.Context())
	check(t, err)
	if answer := dataAPI(t, address, id, admin.Reveal(), insert); strings.Contains(answer, "insertedIds") {
		t.Errorf("after the destroy the database answers %s", answer)
	}
}

func notes(columns map[string]string) resource.Table {
	return resource.Table{Name: "notes", Definition: map[string]any{"columns": columns, "primaryKey": "id"}}
}

func databaseProgram(ctx *pulumi.Context, address, admin string, tables []resource.Table) error {
	account, err := resource.NewProvider(ctx, "astra", &resource.ProviderArgs{
		DevopsEndpoint: pulumi.String(address + "/v2"), DataAPIEndpoint: pulumi.String(address), Embedded: pulumi.Bool(true),
		DeployToken: pulumi.ToSecret(pulumi.String(admin)).(pulumi.StringOutput),
	})
	if err != nil {
		return err
	}
	with := pulumi.Provider(account)
	database, err := resource.NewDatabase(ctx, "notes", &resource.DatabaseArgs{Name: pulumi.String("notes"),
		CloudProvider: pulumi.String("GCP"), Region: pulumi.String("us-east1"), DeletionProtection: pulumi.Bool(false)}, with)
	if err != nil {
		return err
	}
	keyspace, err := resource.NewKeyspace(ctx, "notes", &resource.KeyspaceArgs{DatabaseID: database.DatabaseID,
		Name: pulumi.String("notes"), DeletionProtection: pulumi.Bool(false)}, with)
	if err != nil {
		return err
	}
	schema, err := resource.NewSchema(ctx, "notes", &resource.SchemaArgs{DatabaseID: database.DatabaseID, Keyspace: keyspace.Name,
		Tables: tables}, with)
	if err != nil {
		return err
	}
	role, err := resource.NewRole(ctx, "notes", &resource.RoleArgs{Name: pulumi.String("notes"), DatabaseID: database.DatabaseID,
		Keyspace: keyspace.Name}, with)
	if err != nil {
		return err
	}
	token, err := resource.NewToken(ctx, "notes", &resource.TokenArgs{RoleID: role.ID().ToStringOutput(),
		DatabaseID: database.DatabaseID, Keyspace: keyspace.Name}, with, pulumi.DependsOn([]pulumi.Resource{schema}))
	if err != nil {
		return err
	}
	ctx.Export("databaseId", database.DatabaseID)
	ctx.Export("token", token.Token)
	return nil
}

// databaseStack is a program with the native provider of this checkout.
func databaseStack(t *testing.T, program pulumi.RunFunc) auto.Stack {
	t.Helper()
	root, err := filepath.Abs(checkout)
	check(t, err)
	work, plugin := t.TempDir(), t.TempDir()
	enginetest.Provider(t, root, filepath.Join(plugin, "pulumi-resource-astradb"))
	text := "name: notes\nruntime: go\nplugins:\n  providers:\n    - {name: astradb, path: " + plugin + "}\n"
	check(t, os.WriteFile(filepath.Join(work, "Pulumi.yaml"), []byte(text), 0o600))
	stack, err := auto.UpsertStackInlineSource(t.Context(), "dev", "notes", program, auto.WorkDir(work), auto.Pulumi(enginetest.CLI(t, root)),
		auto.EnvVars(map[string]string{
			"PULUMI_BACKEND_URL": "file://" + t.TempDir(), "PULUMI_HOME": t.TempDir(), "PULUMI_SKIP_UPDATE_CHECK": "true",
			"PULUMI_CONFIG_PASSPHRASE":                    "generated for this test",
			"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
		}))
	check(t, err)
	return stack
}

// dataAPI sends a command to the table notes of a database, the first one if
// none is given, and returns the answer.
func dataAPI(t *testing.T, address, databaseID, token, command string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address+"/api/json/v1/notes/notes", strings.NewReader(command))
	check(t, err)
	req.Header.Set("Token", token)
	req.Header.Set("Content-Type", "application/json")
	if databaseID != "" {
		req.Host = databaseID + "-us-east1.apps.astra.datastax.com"
	}
	res, err := http.DefaultClient.Do(req)
	check(t, err)
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	check(t, err)
	return string(answer)
}
