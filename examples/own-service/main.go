// Command own-service writes down notes on Astra.
package main

import (
	"context"
	"errors"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/killrvideo/killrvideo-go/astra"
	"github.com/killrvideo/killrvideo-go/astra/dataapi"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
)

type note struct {
	Owner string    `json:"owner"`
	Added time.Time `json:"added"`
	Note  string    `json:"note" binding:"required,max=1000"`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	client := dataapi.NewClient(options.API().SetToken(astra.Token(os.Getenv("ASTRA_TOKEN"))).SetKeyspace(os.Getenv("ASTRA_KEYSPACE")))
	notes := client.Database(os.Getenv("ASTRA_ENDPOINT")).Table("notes")
	gin.SetMode(gin.ReleaseMode)
	server := &http.Server{Addr: ":" + os.Getenv("PORT"), Handler: handler(notes), ReadHeaderTimeout: 5 * time.Second}
	go func() {
		<-ctx.Done()
		ending, cancel := context.WithTimeout(context.Background(), 8*time.Second)
		defer cancel()
		_ = server.Shutdown(ending)
	}()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
}

func handler(notes *dataapi.Table) http.Handler {
	r := gin.New()
	r.Use(gin.Recovery())
	r.GET("/health", func(c *gin.Context) { c.String(http.StatusOK, "ok") })
	r.GET("/notes/:owner", func(c *gin.Context) {
		var all []note
		cursor := notes.Find(filter.Eq("owner", c.Param("owner")), options.TableFind().SetLimit(100))
		if err := cursor.DecodeAll(c.Request.Context(), &all); err != nil {
			fail(c, err)
			return
		}
		c.JSON(http.StatusOK, append([]note{}, all...)) // no notes are a list too
	})
	r.POST("/notes/:owner", func(c *gin.Context) {
		var given note
		if err := c.ShouldBindJSON(&given); err != nil {
			c.JSON(http.StatusBadRequest, gin.H{"error": "the body needs a note of at most 1000 characters"})
			return
		}
		given.Owner, given.Added = c.Param("owner"), time.Now().UTC().Truncate(time.Millisecond)
		if _, err := notes.InsertOne(c.Request.Context(), given); err != nil {
			fail(c, err)
			return
		}
		c.JSON(http.StatusCreated, given)
	})
	return r
}

func fail(c *gin.Context, err error) {
	log.Print(err)
	c.JSON(http.StatusBadGateway, gin.H{"error": "the database did not answer"})
}
