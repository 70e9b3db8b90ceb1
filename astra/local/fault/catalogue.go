package fault

type entry struct {
	scope  string
	title  string
	server bool
	status int
}

// catalogue is read only; it lists every code that this server can answer.
var catalogue = join(general, documents, filters, sorts, updates, schemas, projections, providers, warnings)

func join(groups ...map[string]entry) map[string]entry {
	all := map[string]entry{}
	for _, g := range groups {
		for code, e := range g {
			all[code] = e
		}
	}
	return all
}

var general = map[string]entry{
	"REQUEST_NOT_JSON":             {title: "Request not valid JSON"},
	"REQUEST_STRUCTURE_MISMATCH":   {title: "Request structure not valid"},
	"COMMAND_UNKNOWN":              {title: "Command is not recognized by Data API"},
	"COMMAND_FIELD_UNKNOWN":        {title: "Command field unknown"},
	"COMMAND_FIELD_VALUE_INVALID":  {title: "Command field value invalid"},
	"COMMAND_ACCEPTS_NO_OPTIONS":   {title: "Command accepts no options"},
	"UNSUPPORTED_TABLE_COMMAND":    {title: "Command is not supported by tables"},
	"UNSUPPORTED_CONTENT_TYPE":     {title: "Unsupported Content-Type", status: 415},
	"MISSING_AUTHENTICATION_TOKEN": {scope: "SECURITY", title: "Authentication token missing", status: 401},
	"UNAUTHENTICATED_REQUEST":      {title: "Authentication failed", status: 401},
	"UNAUTHORIZED_ACCESS":          {scope: "DATABASE", title: "Not authorized", status: 401, server: true},
	"UNEXPECTED_SERVER_ERROR":      {title: "Unexpected server error", server: true},
	"INVALID_DATABASE_QUERY":       {scope: "DATABASE", title: "Invalid database query", server: true},
}

var documents = map[string]entry{
	"SHRED_DOC_LIMIT_VIOLATION":   {scope: "DOCUMENT", title: "Document size limitation violated"},
	"MISSING_PRIMARY_KEY_COLUMNS": {scope: "DOCUMENT", title: "Primary key columns missing"},
	"UNKNOWN_TABLE_COLUMNS":       {scope: "DOCUMENT", title: "Columns are not defined in the table schema"},
	"INVALID_COLUMN_VALUES":       {scope: "DOCUMENT", title: "Values do not fit the types of their columns"},
	"UNSUPPORTED_COLUMN_TYPES":    {scope: "DOCUMENT", title: "Column types are not supported"},
	"UNSUPPORTED_VECTORIZE_WHEN_MISSING_VECTORIZE_DEFINITION": {
		scope: "DOCUMENT", title: "Vectorize used without a vectorize definition"},
}

var filters = map[string]entry{
	"FILTER_FIELDS_LIMIT_VIOLATION":                        {scope: "FILTER", title: "Too many comparisons in the filter"},
	"FILTER_INVALID_EXPRESSION":                            {scope: "FILTER", title: "Filter expression not valid"},
	"FILTER_UNSUPPORTED_DATA_TYPE":                         {scope: "FILTER", title: "Data type not supported by the filter"},
	"FILTER_UNSUPPORTED_OPERATOR":                          {scope: "FILTER", title: "Filter operator not supported"},
	"INVALID_FILTER_COLUMN_VALUES":                         {scope: "FILTER", title: "Filter values do not fit their columns"},
	"INVALID_PRIMARY_KEY_FILTER":                           {scope: "FILTER", title: "Primary key filter not valid"},
	"MISSING_FILTER_FOR_UPDATE_DELETE":                     {scope: "FILTER", title: "Filter missing for update or delete"},
	"MISSING_FULL_PRIMARY_KEY_FOR_UPDATE_DELETE":           {scope: "FILTER", title: "Full primary key missing for update or delete"},
	"UNSUPPORTED_NON_PRIMARY_KEY_FILTER_FOR_UPDATE_DELETE": {scope: "FILTER", title: "Filter on columns outside the primary key"},
	"UNSUPPORTED_FILTER_FOR_UPDATE_ONE_DELETE_ONE":         {scope: "FILTER", title: "Filter operators not supported for this command"},
	"CANNOT_LEXICAL_FILTER_NON_INDEXED_COLUMNS":            {scope: "FILTER", title: "Lexical filter needs a text index"},
	"UNSUPPORTED_COMPARISON_FILTER_AGAINST_DURATION":       {scope: "FILTER", title: "Durations have no order to compare by"},
}

var sorts = map[string]entry{
	"CANNOT_SORT_UNKNOWN_COLUMNS":                        {scope: "SORT", title: "Unknown columns in the sort"},
	"CANNOT_SORT_ON_SPECIAL_WITH_OTHERS":                 {scope: "SORT", title: "Vector and lexical sorts stand alone"},
	"CANNOT_VECTOR_SORT_NON_INDEXED_VECTOR_COLUMNS":      {scope: "SORT", title: "Vector sort needs a vector index"},
	"CANNOT_VECTOR_SORT_NON_VECTOR_COLUMNS":              {scope: "SORT", title: "Vector sort on columns that hold no vectors"},
	"CANNOT_VECTOR_SORT_ON_MISMATCHED_VECTOR_DIMENSIONS": {scope: "SORT", title: "Vector dimensions differ"},
	"CANNOT_VECTOR_SORT_WITH_SKIP_OPTION":                {scope: "SORT", title: "Vector sort cannot skip"},
	"CANNOT_VECTOR_SORT_WITH_LIMIT_EXCEEDS_MAX":          {scope: "SORT", title: "Vector sort limit too high"},
	"CANNOT_VECTORIZE_SORT_WHEN_MISSING_VECTORIZE_DEFINITION": {
		scope: "SORT", title: "Vectorize sort without a vectorize definition"},
	"CANNOT_VECTORIZE_SORT_NON_VECTOR_COLUMN":       {scope: "SORT", title: "Vectorize sort on a column that holds no vectors"},
	"CANNOT_LEXICAL_SORT_WITH_SKIP_OPTION":          {scope: "SORT", title: "Lexical sort cannot skip"},
	"CANNOT_LEXICAL_SORT_NON_INDEXED_COLUMNS":       {scope: "SORT", title: "Lexical sort needs a text index"},
	"OVERLOADED_SORT_ROW_LIMIT":                     {scope: "SORT", title: "Too many rows to sort in memory"},
	"UNSUPPORTED_PAGINATION_WITH_IN_MEMORY_SORTING": {scope: "SORT", title: "In-memory sorting has no pages"},
	"UNSUPPORTED_SORT_FOR_TABLE_UPDATE_COMMAND":     {scope: "SORT", title: "Update commands cannot sort"},
	"UNSUPPORTED_SORT_FOR_TABLE_DELETE_COMMAND":     {scope: "SORT", title: "Delete commands cannot sort"},
	"SORT_CLAUSE_VALUE_INVALID":                     {scope: "SORT", title: "Sort clause value not valid"},
}

var updates = map[string]entry{
	"MISSING_UPDATE_OPERATIONS":                  {scope: "UPDATE", title: "Update operations missing"},
	"UNSUPPORTED_UPDATE_OPERATION":               {scope: "UPDATE", title: "Update operation not supported"},
	"UNSUPPORTED_UPDATE_OPERATIONS_FOR_TABLE":    {scope: "UPDATE", title: "Update operations not supported by tables"},
	"UNSUPPORTED_UPDATE_FOR_PRIMARY_KEY_COLUMNS": {scope: "UPDATE", title: "Primary key columns cannot change"},
	"UNSUPPORTED_OVERLAPPING_UPDATE_OPERATIONS":  {scope: "UPDATE", title: "Update operations overlap"},
	"INVALID_UPDATE_COLUMN_VALUES":               {scope: "UPDATE", title: "Update values do not fit their columns"},
	"UNSUPPORTED_UPDATE_OPERATOR_FOR_COLUMN":     {scope: "UPDATE", title: "Update operator does not suit the column"},
}

// providers are failures of who turns texts into vectors.
var providers = map[string]entry{
	"EMBEDDING_PROVIDER_CLIENT_ERROR": {scope: "EMBEDDING_PROVIDER", title: "The embedding provider refused the request", server: true},
	"EMBEDDING_PROVIDER_SERVER_ERROR": {scope: "EMBEDDING_PROVIDER", title: "The embedding provider failed", server: true},
}

var projections = map[string]entry{
	"UNKNOWN_PROJECTION_COLUMNS":   {scope: "PROJECTION", title: "Unknown columns in the projection"},
	"UNSUPPORTED_PROJECTION_PARAM": {scope: "PROJECTION", title: "Projection not supported"},
}
