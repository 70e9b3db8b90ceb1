package api

import (
	"encoding/json"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// checkText refuses NUL and unpaired surrogates, which the decoder has turned into
// the replacement character.
func (f *form) checkText(field, text string, raw json.RawMessage) {
	const replacement = "\ufffd"
	meant := strings.Count(string(raw), replacement) + strings.Count(strings.ToLower(string(raw)), `\ufffd`)
	if !isText(text) || strings.Count(text, replacement) > meant {
		f.problem(field, msgNoText)
	}
}

const msgNoText = "must be Unicode text without NUL"

func isText(text string) bool { return utf8.ValidString(text) && !strings.ContainsRune(text, 0) }

// checkQuery refuses a query with parts that net/url would silently ignore, and
// invalid text.
func (a *API) checkQuery(c *gin.Context) {
	if err := queryProblems(c); err != nil {
		a.fail(c, err)
	}
}

func queryProblems(c *gin.Context) error {
	var problems []killrvideo.FieldError
	for pair := range strings.SplitSeq(c.Request.URL.RawQuery, "&") {
		name, value, _ := strings.Cut(pair, "=")
		text, err := url.QueryUnescape(value)
		field, bad := url.QueryUnescape(name)
		message := ""
		switch {
		case err != nil || bad != nil || strings.Contains(pair, ";"):
			message = "is not escaped as it must be in a URL"
		case !isText(text):
			message = msgNoText
		default:
			continue
		}
		problems = append(problems, killrvideo.FieldError{In: "query", Field: strings.ToValidUTF8(field, ""), Message: message})
		if len(problems) == mostProblems {
			break
		}
	}
	return killrvideo.Invalid(problems...)
}

// uuidParam answers 404 unless the path parameter is a UUID: by the contract,
// any other text is a route that does not exist.
func (a *API) uuidParam(name string) gin.HandlerFunc {
	return func(c *gin.Context) {
		id, ok := parseUUID(c.Param(name))
		switch {
		case !ok && len(a.methods[c.Request.URL.Path]) > 0:
			a.noMethod(c) // the path is another route's, by another method
			return
		case !ok:
			a.fail(c, killrvideo.Errorf(killrvideo.ENOTFOUND, "Not Found"))
			return
		}
		c.Set(name, id)
	}
}

// parseUUID accepts the two forms of the contract, with dashes and without.
func parseUUID(text string) (uuid.UUID, bool) {
	id, err := uuid.Parse(text)
	return id, err == nil && (len(text) == 36 || len(text) == 32)
}

// pathID is a parameter that uuidParam has checked.
func pathID(c *gin.Context, name string) uuid.UUID { return c.MustGet(name).(uuid.UUID) }
