package config

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// maxSecretFile is the largest file taken for a secret, in bytes: a path that
// points at something else should be noticed.
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

// text is the value of a plain setting, "" if there is none.
func (s source) text(name string) string {
	if value, ok := s.flags[name]; ok {
		return strings.TrimSpace(value)
	}
	return strings.TrimSpace(s.env[name])
}

// secret is the value of NAME, or of the file that NAME_FILE names. Both at
// once is a problem: which one counts would be a guess.
func (s source) secret(name string) Secret {
	value, path := s.env[name], s.text(name+"_FILE")
	switch {
	case value != "" && path != "":
		s.problems.add(name, "is set together with "+name+"_FILE; unset one of them")
		return ""
	case path != "":
		return s.secretFile(name+"_FILE", path)
	}
	return Secret(strings.TrimSpace(value))
}

func (s source) secretFile(name, path string) Secret {
	file, err := os.Open(path)
	if err != nil {
		s.problems.add(name, fmt.Sprintf("names a file that cannot be opened (%v); check that it exists and that this user may read it", causeOf(err)))
		return ""
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, maxSecretFile+1))
	value := strings.TrimSpace(string(content))
	switch {
	case err != nil:
		s.problems.add(name, fmt.Sprintf("names something that cannot be read (%v); give the path of a file", causeOf(err)))
	case len(content) > maxSecretFile:
		s.problems.add(name, "names a file too large for a secret; check the path")
	case value == "":
		s.problems.add(name, "names an empty file; write the secret into it")
	default:
		return Secret(value)
	}
	return ""
}

// causeOf is what the system said, without the path: who gives a secret where
// its file belongs should not see it printed.
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
	set.BoolVar(&healthcheck, "healthcheck", false, "ask the service on this machine's PORT whether it is healthy, then exit")
	values = map[string]string{}
	for _, setting := range settings {
		name := setting.name
		if setting.secret {
			name += "_FILE"
		}
		set.Func(flagName(name), setting.usage, func(text string) error {
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

func flagName(variable string) string {
	return strings.ReplaceAll(strings.ToLower(variable), "_", "-")
}
