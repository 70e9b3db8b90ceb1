package api

import "github.com/gin-gonic/gin"

func (a *API) docsRoutes(r *gin.Engine) {}
