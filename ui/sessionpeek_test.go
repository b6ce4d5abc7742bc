package ui

import ("testing";"time";"fmt")

func TestPeek(t *testing.T) {
	for _, size := range [][2]int{{120,36},{80,24},{200,50}} {
	drive(t, size[0], size[1], func(d *driver) {
		d.login()
		d.press("r","enter")
		d.wait(40*time.Second)
		d.press("3","r")
		d.wait(5*time.Second)
		for range 4 {
			fmt.Println(d.frame())
			d.press("tab","home","down","down")
			fmt.Println(d.frame())
			if size[0]<100 { d.press("right") } else {
			d.press("tab","down") }
		}
	})
	}
}
