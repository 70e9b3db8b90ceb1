package main

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/service/config"
)

func TestLogFormats(t *testing.T) {
	t.Parallel()
	for format, isJSON := range map[string]bool{config.LogAuto: true, config.LogJSON: true, config.LogText: false} {
		var out bytes.Buffer // no terminal
		slog.New(logHandler(&out, config.Config{LogFormat: format})).Info("request", "path", "/api/v1/videos")
		if json.Valid(out.Bytes()) != isJSON || !strings.Contains(out.String(), "/api/v1/videos") {
			t.Errorf("%s wrote %s", format, &out)
		}
	}
}
