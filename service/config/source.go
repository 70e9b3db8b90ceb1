package config

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/killrvideo/killrvideo-go/service/config/table"
)

// maxSecretFile is the largest file that is read as a secret, in bytes: a path
// that points at something else should be noticed.
const maxSecretFile = 64 << 10

// source finds the text of a setting: flag, then environment, then .env file.
// An empty variable counts as absent, as compose files like to write them.
type source struct {
	flags    map[string]string
	env      map[string]string
	problems *Problems
}

// newSource reads flags and environment. A malformed .env file is a problem,
// an absent one is not.
func newSource(flags map[string]string, environ []string, dotenv string, problems *Problems) source {
	s := source{flags: flags, env: map[string]string{}, problems: problems}
	if dotenv != "" {
		s.readDotenv(dotenv)
	}
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		if strings.TrimSpace(value) != "" {
			s.env[name] = value
		}
	}
	return s
}

// given is the value of a plain setting as it was set, "" if it was not.
func (s source) given(name string) string {
	if value, ok := s.flags[name]; ok {
		return strings.TrimSpace(value)
	}
	return strings.TrimSpace(s.env[name])
}

// givenSecret is the value of NAME, or of the file that NAME_FILE names; ok is
// false if a problem was noted. Both at once is a problem: which one counts
// would be a guess.
func (s source) givenSecret(name string) (value Secret, ok bool) {
	text, path := s.env[name], s.given(name+"_FILE")
	switch {
	case text != "" && path != "":
		s.problems.add(name, "is set together with "+name+"_FILE; unset one of them")
		return "", false
	case path != "":
		return s.secretFile(name+"_FILE", path)
	}
	return Secret(strings.TrimSpace(text)), true
}

func (s source) secretFile(name, path string) (value Secret, ok bool) {
	file, err := os.Open(path)
	if err != nil {
		s.problems.add(name, fmt.Sprintf("names a file that cannot be opened (%v); check that it exists and that this user may read it",
			causeOf(err)))
		return "", false
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, maxSecretFile+1))
	text := strings.TrimSpace(string(content))
	switch {
	case err != nil:
		s.problems.add(name, fmt.Sprintf("names a file that cannot be read (%v); give the path of a file", causeOf(err)))
	case len(content) > maxSecretFile:
		s.problems.add(name, "names a file too large for a secret; check the path")
	case text == "":
		s.problems.add(name, "names an empty file; write the secret into it")
	default:
		return Secret(text), true
	}
	return "", false
}

// causeOf is the cause without the path: a secret that was given in the place of
// its file's path must not be printed.
func causeOf(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// parseFlags reads the command line. Flags have the names of the settings in
// lower case with dashes; a secret has none, only its file has.
func parseFlags(args []string) (values map[string]string, healthcheck bool, err error) {
	set := flag.NewFlagSet("killrvideo", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.BoolVar(&healthcheck, "healthcheck", false, healthcheckUsage)
	values = map[string]string{}
	for _, setting := range table.Service() {
		name := setting.Name
		if setting.Secret {
			name += "_FILE"
		}
		set.Func(setting.Flag(), setting.Doc, func(text string) error {
			values[name] = text
			return nil
		})
	}
	if err := set.Parse(args); err != nil {
		return nil, false, err
	}
	if set.NArg() > 0 {
		return nil, false, errors.New("unexpected argument; settings are given as -name value")
	}
	return values, healthcheck, nil
}

const healthcheckUsage = "ask the service on this machine's PORT whether it is healthy, then exit"

// Usage writes the flags with their defaults.
func Usage(w io.Writer) {
	_, _ = fmt.Fprintf(w, "usage: killrvideo [flags]\n\nEach flag is also an environment variable; a secret has no flag, but its file "+
		"has.\n\n%s  -%-40s %s\n",
		table.Usage(), "healthcheck", healthcheckUsage)
}
