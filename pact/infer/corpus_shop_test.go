package infer_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// A shop is a REST API with nested resources and errors. Each run has other
// ids, names, prices and orders of lists.
type shop struct {
	fake
	mux       *http.ServeMux
	products  map[int]object
	customers map[int]object
	orders    map[int]map[int]object
	next      int
}

func newShop(seed uint64) provider {
	s := &shop{
		fake: newFake(seed), mux: http.NewServeMux(), products: make(map[int]object),
		customers: make(map[int]object), orders: make(map[int]map[int]object),
	}
	s.next = 100 + s.IntN(10_000)
	for range 8 {
		id := s.id()
		s.products[id] = s.product(id)
	}
	for range 2 {
		s.addCustomer(s.word(), s.word()+"@example.com")
	}
	for pattern, handle := range map[string]http.HandlerFunc{
		"GET /v1/products":                         s.listProducts,
		"GET /v1/products/{id}":                    s.getProduct,
		"POST /v1/customers":                       s.postCustomer,
		"GET /v1/customers/{id}":                   s.getCustomer,
		"POST /v1/customers/{id}/orders":           s.postOrder,
		"GET /v1/customers/{id}/orders":            s.listOrders,
		"GET /v1/customers/{id}/orders/{order}":    s.getOrder,
		"DELETE /v1/customers/{id}/orders/{order}": s.deleteOrder,
	} {
		s.mux.HandleFunc(pattern, handle)
	}
	return s
}

func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", s.time())
	w.Header().Set("Etag", strconv.Itoa(s.Int()))
	if r.Header.Get("Authorization") == "" && strings.Contains(r.URL.Path, "/customers/") {
		answer(w, http.StatusUnauthorized, object{"error": object{"code": "unauthorized", "message": "who are you?"}})
		return
	}
	s.mux.ServeHTTP(w, r)
}

func (s *shop) id() int {
	s.next += 1 + s.IntN(9)
	return s.next
}

func (s *shop) product(id int) object {
	return object{
		"id": id, "sku": s.uuid(), "name": s.word(), "price": float64(s.IntN(100_00)) + 0.5, "in_stock": s.IntN(2) == 0,
		"tags": s.words(1, 3), "created_at": s.time(), "released": s.date(),
		"category":   object{"id": 1 + s.IntN(50), "name": s.word()},
		"dimensions": object{"width_mm": 10 + s.IntN(990), "height_mm": 10 + s.IntN(990)},
	}
}

func (s *shop) addCustomer(name, email string) int {
	id := s.id()
	s.customers[id] = object{"id": id, "name": name, "email": email, "since": s.date(), "loyalty": object{"points": s.IntN(100), "level": s.pick("gold", "silver")}}
	s.orders[id] = make(map[int]object)
	s.addOrder(id, s.anyProduct(), 2)
	return id
}

func (s *shop) anyProduct() int {
	return shuffledKeys(s.fake, s.products)[0]
}

func (s *shop) addOrder(customer, product, quantity int) int {
	id := s.id()
	s.orders[customer][id] = object{
		"id": id, "customer_id": customer, "placed_at": s.time(), "paid": s.IntN(2) == 0, "status": s.pick("open", "sent", "closed"),
		"lines": []any{object{"product_id": product, "quantity": quantity, "unit": object{"amount": s.IntN(10_000), "currency": "EUR"}}},
	}
	return id
}

func (s *shop) listProducts(w http.ResponseWriter, r *http.Request) {
	items := []any{}
	for _, id := range shuffledKeys(s.fake, s.products) {
		items = append(items, s.products[id])
		if len(items) == 3+s.IntN(3) {
			break
		}
	}
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	answer(w, http.StatusOK, object{"items": items, "page": page, "total": len(s.products), "next": nil})
}

func (s *shop) getProduct(w http.ResponseWriter, r *http.Request) {
	id, _ := strconv.Atoi(r.PathValue("id"))
	if p, ok := s.products[id]; ok {
		answer(w, http.StatusOK, p)
		return
	}
	s.missing(w, "product", id)
}

func (s *shop) missing(w http.ResponseWriter, what string, id int) {
	answer(w, http.StatusNotFound, object{"error": object{"code": "not_found", "message": fmt.Sprintf("no %s %d", what, id), "trace": s.uuid()}})
}

func (s *shop) postCustomer(w http.ResponseWriter, r *http.Request) {
	var in struct{ Name, Email string }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.Email == "" {
		answer(w, http.StatusUnprocessableEntity, object{"errors": []any{object{"field": "email", "message": "is missing"}}})
		return
	}
	id := s.addCustomer(in.Name, in.Email)
	w.Header().Set("Location", fmt.Sprintf("/v1/customers/%d", id))
	answer(w, http.StatusCreated, s.customers[id])
}

func (s *shop) getCustomer(w http.ResponseWriter, r *http.Request) {
	id, _ := strconv.Atoi(r.PathValue("id"))
	if c, ok := s.customers[id]; ok {
		answer(w, http.StatusOK, c)
		return
	}
	s.missing(w, "customer", id)
}

func (s *shop) postOrder(w http.ResponseWriter, r *http.Request) {
	id, _ := strconv.Atoi(r.PathValue("id"))
	var in struct {
		Lines []struct {
			ProductID int `json:"product_id"`
			Quantity  int
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || s.orders[id] == nil || len(in.Lines) == 0 {
		s.missing(w, "customer", id)
		return
	}
	order := s.addOrder(id, in.Lines[0].ProductID, in.Lines[0].Quantity)
	w.Header().Set("Location", fmt.Sprintf("http://%s/v1/customers/%d/orders/%d", r.Host, id, order))
	answer(w, http.StatusCreated, s.orders[id][order])
}

func (s *shop) listOrders(w http.ResponseWriter, r *http.Request) {
	id, _ := strconv.Atoi(r.PathValue("id"))
	list := []object{}
	for _, order := range shuffledKeys(s.fake, s.orders[id]) {
		list = append(list, s.orders[id][order])
	}
	answer(w, http.StatusOK, list)
}

func (s *shop) getOrder(w http.ResponseWriter, r *http.Request) {
	id, _ := strconv.Atoi(r.PathValue("id"))
	order, _ := strconv.Atoi(r.PathValue("order"))
	if o, ok := s.orders[id][order]; ok {
		answer(w, http.StatusOK, o)
		return
	}
	s.missing(w, "order", order)
}

func (s *shop) deleteOrder(w http.ResponseWriter, r *http.Request) {
	id, _ := strconv.Atoi(r.PathValue("id"))
	order, _ := strconv.Atoi(r.PathValue("order"))
	delete(s.orders[id], order)
	w.WriteHeader(http.StatusNoContent)
}

// state makes what the state asks for and says which ids it has.
func (s *shop) state(name string, params map[string]string) map[string]string {
	live := make(map[string]string)
	customer := s.addCustomer(s.word(), s.word()+"@example.com")
	if _, ok := params["customerId"]; ok {
		live["customerId"] = strconv.Itoa(customer)
	}
	switch name {
	case "product exists":
		live["id"] = strconv.Itoa(s.anyProduct())
	case "customer exists":
		live["id"] = strconv.Itoa(customer)
	case "order exists":
		live["id"] = strconv.Itoa(s.addOrder(customer, s.anyProduct(), 1))
	case "order was deleted", "product does not exist":
		live["id"] = strconv.Itoa(s.id())
	}
	return live
}

func shopCorpus() corpus {
	return corpus{
		name: "shop", start: newShop, drive: driveShop,
		breakages: map[string]target{
			"rename top":           {"GET", `^/v1/products/\d+$`, "name"},
			"rename in item":       {"GET", `^/v1/products$`, "items.0.name"},
			"drop required":        {"GET", `^/v1/customers/\d+$`, "email"},
			"drop object":          {"GET", `^/v1/products/\d+$`, "dimensions"},
			"number to string":     {"GET", `^/v1/customers/\d+$`, "loyalty.points"},
			"string to number":     {"GET", `^/v1/products/\d+$`, "category.name"},
			"integer to decimal":   {"GET", `^/v1/products/\d+$`, "id"},
			"object to list":       {"GET", `^/v1/products/\d+$`, "category"},
			"list to object":       {"GET", `^/v1/products$`, "items"},
			"list becomes empty":   {"GET", `^/v1/products$`, "items"},
			"null":                 {"GET", `^/v1/products/\d+$`, "name"},
			"boolean to string":    {"GET", `^/v1/products$`, "items.0.in_stock"},
			"UUID to integer":      {"GET", `^/v1/products/\d+$`, "sku"},
			"time to epoch":        {"GET", `^/v1/products/\d+$`, "created_at"},
			"time without zone":    {"GET", `^/v1/customers/\d+/orders$`, "0.placed_at"},
			"200 to 204":           {"GET", `^/v1/products$`, ""},
			"404 to 200":           {"GET", `^/v1/products/\d+$`, ""},
			"content type changes": {"GET", `^/v1/products$`, ""},
			"prefix lost":          {"GET", `^/v1/`, ""},
			"Location disappears":  {"POST", `^/v1/customers$`, ""},
		},
	}
}

func driveShop(c *client) {
	c.post("/v1/customers", `{"name":"nobody"}`)
	c.header.Set("Authorization", "Bearer secret-"+strconv.Itoa(c.rand.Int()))
	var ids []string
	for page := range 3 {
		list := c.get("/v1/products?" + query("page", strconv.Itoa(page+1), "limit", "5"))
		items, _ := list.Get("items")
		for _, item := range items.Items {
			if id := at(item, "id"); !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	for _, id := range ids {
		c.get("/v1/products/" + id)
	}
	c.get("/v1/products/1")
	c.get("/v1/products/2")
	for i := range 4 {
		customer := at(c.post("/v1/customers", fmt.Sprintf(`{"name":"N%d","email":"n%d@example.com"}`, i, i)), "id")
		c.get("/v1/customers/" + customer)
		for _, product := range ids[:2] {
			order := at(c.post("/v1/customers/"+customer+"/orders", fmt.Sprintf(`{"lines":[{"product_id":%s,"quantity":%d}]}`, product, i+1)), "id")
			c.get("/v1/customers/" + customer + "/orders/" + order)
			c.get("/v1/customers/" + customer + "/orders")
			if i%2 == 0 {
				c.do(http.MethodDelete, "/v1/customers/"+customer+"/orders/"+order, "", "")
				c.get("/v1/customers/" + customer + "/orders/" + order)
			}
		}
	}
}
