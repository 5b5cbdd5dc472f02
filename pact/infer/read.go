package infer

import (
	"context"
	"runtime"
	"sync"
)

// A readBatch is some samples on their way to being messages, in order.
type readBatch struct {
	places   []int
	samples  []Sample
	messages []*message
	done     chan struct{} // closed when messages are there
}

// read calls f with the messages of the samples that wanted takes, in order
// and by one goroutine at a time. They are decoded by all processors; bodies
// that have documents are read too if documents is true. wanted is called for
// every element of the sequence, before.
func (p *pipeline) read(ctx context.Context, documents bool, wanted func(s Sample, err error) bool, f func(i int, m *message)) error {
	workers := runtime.GOMAXPROCS(0)
	jobs, ordered := make(chan *readBatch, 2*workers), make(chan *readBatch, 2*workers)
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for b := range jobs {
				for _, s := range b.samples {
					b.messages = append(b.messages, p.message(s, documents))
				}
				close(b.done)
			}
		})
	}
	group.Go(func() {
		for b := range ordered {
			<-b.done
			for i, m := range b.messages {
				f(b.places[i], m)
			}
		}
	})
	b := &readBatch{done: make(chan struct{})}
	send := func() {
		ordered <- b
		jobs <- b
		b = &readBatch{done: make(chan struct{})}
	}
	err := p.each(ctx, func(i int, s Sample, err error) bool {
		if !wanted(s, err) {
			return true
		}
		b.places, b.samples = append(b.places, i), append(b.samples, s)
		if len(b.samples) == jobSize {
			send()
		}
		return true
	})
	send()
	close(jobs)
	close(ordered)
	group.Wait()
	return err
}

// message decodes a sample.
func (p *pipeline) message(s Sample, documents bool) *message {
	m := newMessage(s, p.options)
	if documents {
		for _, side := range [...]*part{&m.in, &m.out} {
			_, _ = side.json()
			_, _ = side.xmlTree()
		}
	}
	return m
}
