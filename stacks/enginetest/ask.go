package enginetest

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// ask sends a request of JSON, with pairs of names and values as its headers, and
// reads the answer.
func ask(client *http.Client, method, url string, body io.Reader, headers ...string) (status int, answer []byte, err error) {
	request, err := http.NewRequest(method, url, body)
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := client.Do(request)
	if err != nil {
		return 0, nil, err
	}
	answer, err = io.ReadAll(response.Body)
	return response.StatusCode, answer, errors.Join(err, response.Body.Close())
}

// answersOK tells whether an address answers with 200 at once.
func answersOK(url string) bool {
	status, _, err := ask(&http.Client{Timeout: 2 * time.Second}, http.MethodGet, url, nil)
	return err == nil && status == http.StatusOK
}
