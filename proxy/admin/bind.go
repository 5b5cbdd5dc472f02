package admin

import (
	"math"
	"net/http"
	"strconv"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// bind listens on further ports, and answers with those alone.
func (c *call) bind() error {
	if c.Bind == nil {
		return &failure{status: http.StatusNotImplemented, text: "this server listens on no further ports; start it with --session-listen"}
	}
	body, err := c.readBody("")
	if err != nil {
		return err
	}
	ports, err := portsOf(body)
	if err != nil {
		return err
	}
	bound, err := c.Bind(c.r.Context(), ports)
	if err != nil {
		return &failure{status: http.StatusBadRequest, text: "Exception while binding MockServer: " + err.Error()}
	}
	return c.statusOf(bound)
}

// maxBound bounds the ports of one call.
const maxBound = 100

func portsOf(body []byte) ([]int, error) {
	const wanted = `; {"ports": [1090]} is expected`
	doc, err := jsondoc.ParseLenient(body)
	if err != nil {
		return nil, badRequest("incorrect port binding json format: " + err.Error() + wanted)
	}
	list, ok := doc.Get("ports")
	if !ok || list.Kind != jsondoc.KindArray || len(list.Items) == 0 {
		return nil, badRequest("incorrect port binding json format: $.ports: an array of ports is missing" + wanted)
	}
	if len(list.Items) > maxBound {
		return nil, badRequest("incorrect port binding json format: $.ports: no more than " + strconv.Itoa(maxBound) + " at once")
	}
	var ports []int
	for i, item := range list.Items {
		port, err := strconv.Atoi(item.Text)
		if item.Kind != jsondoc.KindNumber || err != nil || port < 0 || port > math.MaxUint16 {
			return nil, badRequest("incorrect port binding json format: $.ports[" + strconv.Itoa(i) + "]: a port is expected, from 0 to 65535" + wanted)
		}
		ports = append(ports, port)
	}
	return ports, nil
}

// stop ends the server once the call has been answered.
func (c *call) stop() error {
	if c.Stop == nil {
		return &failure{status: http.StatusNotImplemented, text: "this server ends with what it was started for, and not by a call"}
	}
	c.w.Header().Set("Connection", "close")
	err := c.empty(http.StatusOK)
	c.Stop()
	return err
}
