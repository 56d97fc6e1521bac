//! A service with those that call it and those it needs → the picture of its dependencies.
//!
//! The picture is 288 units wide, so that its text keeps 12 px in the narrowest place. A few short names
//! stand in one row; more or longer ones in two columns on both sides of a trunk.

use crate::render::picture::{columns, enumeration, shortened, visible};
use crate::text::html::{Html, HtmlWriter};

/// Width of the picture.
const WIDTH: u32 = 288;
/// Height of a box: a target that a thumb can hit.
const HEIGHT: u32 = 28;
/// From row to row.
const PITCH: u32 = 36;
/// Between the services around it and the service itself.
const GAP: u32 = 30;
/// Length of an arrow's tip.
const TIP: u32 = 6;
/// Tenths of a unit that a character of the widest monospaced font takes.
const CHARACTER: u32 = 74;
/// Boxes on a side before the rest becomes a number.
const MOST: usize = 12;

/// A service and its neighbours.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// Its name.
    pub me: String,
    /// Services that call it.
    pub callers: Vec<Node>,
    /// Services that it needs.
    pub needs: Vec<Node>,
    /// Callers that are not in the list.
    pub more_callers: usize,
    /// Needed services that are not in the list.
    pub more_needs: usize,
    /// What `hot` means here: "incident in the last 90 days".
    pub hot_words: String,
}

/// A neighbour.
#[derive(Clone, Debug, Default)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// Its page.
    pub href: Option<String>,
    /// True for what deserves a look first.
    pub hot: bool,
    /// True where the dependency may fail without harm.
    pub soft: bool,
}

/// What stands in a box.
enum Label<'a> {
    Node(&'a Node),
    More(usize),
}

impl Label<'_> {
    /// The width of a box that holds it whole.
    fn width(&self) -> u32 {
        match self {
            Label::Node(node) => box_width(&visible(&node.name)).max(64),
            Label::More(_) => 72,
        }
    }
}

/// A box with its place; `y` counts from the top of its side.
struct Placed<'a> {
    label: Label<'a>,
    x: u32,
    y: u32,
    width: u32,
}

/// One side of the picture.
struct Side<'a> {
    boxes: Vec<Placed<'a>>,
    height: u32,
    /// True for two columns on both sides of a trunk.
    trunk: bool,
}

impl Graph {
    /// Returns the picture with the key to its signs; empty where there are no neighbours.
    pub fn html(&self) -> Html {
        let mut out = HtmlWriter::default();
        let callers = side(&self.callers, self.more_callers, true);
        let needs = side(&self.needs, self.more_needs, false);
        if callers.boxes.is_empty() && needs.boxes.is_empty() {
            return out.finish();
        }
        let top = if callers.boxes.is_empty() { 2 } else { 2 + callers.height + GAP };
        let below = top + HEIGHT + GAP;
        let bottom = if needs.boxes.is_empty() { top + HEIGHT } else { below + needs.height };
        let nodes = || self.callers.iter().chain(&self.needs);
        // An image has no parts for a screen reader, so one with links has to be a group.
        let role = if nodes().any(|n| n.href.is_some()) { "group" } else { "img" };
        out.markup("<svg class=\"graph\"");
        out.attr("viewBox", &format!("0 0 {WIDTH} {}", bottom + 2));
        out.attr("role", role).attr("aria-label", &self.sentence()).markup(">");
        let me = shortened(&visible(&self.me), 34);
        let me = me.unwrap_or_else(|| visible(&self.me));
        let width = box_width(&me).max(112);
        let mut tips = Vec::new();
        for hot in [false, true] {
            for (index, placed) in callers.boxes.iter().enumerate() {
                let x = attached(index, &callers, width);
                if !hot {
                    edge(&mut out, placed, "", &callers.path_in(placed, x, top));
                    tips.push((x, top, 'd', false));
                }
            }
            for (index, placed) in needs.boxes.iter().enumerate().filter(|(_, p)| p.hot() == hot) {
                let x = attached(index, &needs, width);
                let class = if hot { "hot" } else { "" };
                edge(&mut out, placed, class, &needs.path_out(placed, x, top + HEIGHT));
                let middle = placed.x + placed.width / 2;
                tips.push(match needs.column(placed) {
                    Column::Middle => (middle, below + placed.y, 'd', hot),
                    Column::Left => {
                        (placed.x + placed.width, below + placed.y + HEIGHT / 2, 'l', hot)
                    }
                    Column::Right => (placed.x, below + placed.y + HEIGHT / 2, 'r', hot),
                });
            }
        }
        tips.dedup();
        for (x, y, way, hot) in tips {
            out.markup(if hot { "<path class=\"tiph\"" } else { "<path class=\"tip\"" });
            out.attr(
                "d",
                &match way {
                    'l' => format!("M{} {}v8l-{TIP} -4z", x + TIP, y - 4),
                    'r' => format!("M{} {}v8l{TIP} -4z", x - TIP, y - 4),
                    _ => format!("M{} {}h8l-4 {TIP}z", x - 4, y - TIP),
                },
            );
            out.markup("/>");
        }
        for (side, top) in [(&callers, 2), (&needs, below)] {
            for placed in &side.boxes {
                placed.write(&mut out, top);
            }
        }
        out.markup("<g>");
        if columns(&visible(&self.me)) > 34 {
            out.markup("<title>").text(&visible(&self.me)).markup("</title>");
        }
        rect(&mut out, "me", (WIDTH - width) / 2, top, width);
        label(&mut out, WIDTH / 2, top, &me);
        out.markup("</g></svg>");
        self.key(&mut out);
        out.finish()
    }

    /// What the signs mean, as far as they occur.
    fn key(&self, out: &mut HtmlWriter) {
        let nodes = || self.callers.iter().chain(&self.needs);
        let (hot, soft) = (nodes().any(|n| n.hot), nodes().any(|n| n.soft));
        if !hot && !soft {
            return;
        }
        out.markup("<p class=\"keys\">");
        if hot {
            out.markup("<span><svg viewBox=\"0 0 12 12\" aria-hidden=\"true\">");
            out.markup("<path class=\"flag\" d=\"M6 .5L12 11.5H0z\"/></svg>");
            out.text(&self.hot_words).markup("</span>");
        }
        if soft {
            out.markup("<span><svg class=\"dash\" viewBox=\"0 0 24 12\" aria-hidden=\"true\">");
            out.markup("<path d=\"M0 6H24\"/></svg>works without it</span>");
        }
        out.markup("</p>");
    }

    /// The same facts as a sentence.
    fn sentence(&self) -> String {
        let me = visible(&self.me);
        let list = |nodes: &[Node], more: usize| {
            let mut items: Vec<String> = nodes.iter().map(|n| self.words(n)).collect();
            if more > 0 {
                items.push(format!("{more} more"));
            }
            items
        };
        let callers = list(&self.callers, self.more_callers);
        let needs = list(&self.needs, self.more_needs);
        let mut out = Vec::new();
        if !callers.is_empty() {
            let one = callers.len() == 1 && self.more_callers < 2;
            let verb = if one { "calls" } else { "call" };
            out.push(format!("{} {verb} {me}.", enumeration(&callers)));
        }
        if !needs.is_empty() {
            out.push(format!("{me} calls {}.", enumeration(&needs)));
        }
        out.join(" ")
    }

    fn words(&self, node: &Node) -> String {
        let mut notes = Vec::new();
        if node.soft {
            notes.push("works without it");
        }
        if node.hot {
            notes.push(&self.hot_words);
        }
        let name = visible(&node.name);
        if notes.is_empty() { name } else { format!("{name} ({})", notes.join(", ")) }
    }
}

/// Where a box stands beside the trunk.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Column {
    Left,
    Middle,
    Right,
}

impl Side<'_> {
    fn column(&self, placed: &Placed<'_>) -> Column {
        if !self.trunk {
            return Column::Middle;
        }
        match (placed.x + placed.width / 2).cmp(&(WIDTH / 2)) {
            std::cmp::Ordering::Less => Column::Left,
            std::cmp::Ordering::Equal => Column::Middle,
            std::cmp::Ordering::Greater => Column::Right,
        }
    }

    /// From the service's upper edge at `x` up to a caller: all begin alike, so dashes coincide.
    fn path_in(&self, placed: &Placed<'_>, x: u32, top: u32) -> String {
        let from = top - TIP;
        let y = 2 + placed.y;
        match self.column(placed) {
            Column::Left => branch(x, from, y + HEIGHT / 2, placed.x + placed.width, true),
            Column::Right => branch(x, from, y + HEIGHT / 2, placed.x, true),
            Column::Middle => step(x, from, placed.x + placed.width / 2, y + HEIGHT),
        }
    }

    /// From the service's lower edge at `x` down to what it needs.
    fn path_out(&self, placed: &Placed<'_>, x: u32, from: u32) -> String {
        let y = from + GAP + placed.y;
        match self.column(placed) {
            Column::Left => branch(x, from, y + HEIGHT / 2, placed.x + placed.width + TIP, false),
            Column::Right => branch(x, from, y + HEIGHT / 2, placed.x - TIP, false),
            Column::Middle => step(x, from, placed.x + placed.width / 2, y - TIP),
        }
    }
}

impl Placed<'_> {
    fn hot(&self) -> bool {
        matches!(self.label, Label::Node(node) if node.hot)
    }

    fn soft(&self) -> bool {
        matches!(self.label, Label::Node(node) if node.soft)
    }

    fn write(&self, out: &mut HtmlWriter, top: u32) {
        let (y, middle) = (top + self.y, self.x + self.width / 2);
        let node = match self.label {
            Label::Node(node) => node,
            Label::More(n) => {
                rect(out, "more", self.x, y, self.width);
                label(out, middle, y, &format!("+{n} more"));
                return;
            }
        };
        match &node.href {
            Some(href) => out.markup("<a").attr("href", href).markup(">"),
            None => out.markup("<g>"),
        };
        let name = visible(&node.name);
        let short = shortened(&name, room(self.width));
        if short.is_some() {
            out.markup("<title>").text(&name).markup("</title>");
        }
        let class = match (node.hot, node.soft) {
            (true, true) => "hot soft",
            (true, false) => "hot",
            (false, true) => "soft",
            (false, false) => "",
        };
        rect(out, class, self.x, y, self.width);
        label(out, middle, y, short.as_deref().unwrap_or(&name));
        if node.hot {
            // Not by colour alone: a corner of the box is cut off by the sign of a warning.
            out.markup("<path class=\"flag\"");
            out.attr("d", &format!("M{} {}l6 10h-12z", self.x + self.width - 4, y - 2));
            out.markup("/>");
        }
        out.markup(if node.href.is_some() { "</a>" } else { "</g>" });
    }
}

/// Chooses what is shown and where.
fn side(nodes: &[Node], more: usize, callers: bool) -> Side<'_> {
    let room_for = if nodes.len() + usize::from(more > 0) > MOST { MOST - 1 } else { nodes.len() };
    let mut shown: Vec<&Node> = nodes.iter().collect();
    if shown.len() > room_for {
        shown.sort_by_key(|n| !n.hot);
        shown.truncate(room_for);
    }
    let more = more + nodes.len() - shown.len();
    let mut labels: Vec<Label<'_>> = shown.into_iter().map(Label::Node).collect();
    if more > 0 {
        labels.push(Label::More(more));
    }
    let n = labels.len() as u32;
    let widths: Vec<u32> = labels.iter().map(Label::width).collect();
    let total: u32 = widths.iter().sum();
    let spare = (WIDTH - 4).checked_sub(total + 8 * n.saturating_sub(1));
    if n < 4 && (n < 3 || spare.is_some()) {
        // Two that need more than there is get half each, or what the other one leaves.
        let extra = spare.unwrap_or(0) / n.max(1);
        let mut x = 2 + extra / 2;
        let mut boxes = Vec::new();
        for (label, wanted) in labels.into_iter().zip(widths) {
            let left = (WIDTH - 12).saturating_sub(total - wanted).max(WIDTH / 2 - 6);
            let width = if spare.is_none() { wanted.min(left) } else { wanted };
            boxes.push(Placed { label, x, y: 0, width });
            x += width + 8 + extra;
        }
        return Side { boxes, height: HEIGHT, trunk: false };
    }
    let (width, right) = (126, WIDTH - 2 - 126);
    // The odd one stands at the far end of the trunk.
    let odd = n % 2;
    let place = |(index, label)| {
        let index = index as u32;
        let alone = if callers { odd == 1 && index == 0 } else { odd == 1 && index + 1 == n };
        let slot = if callers { index + odd } else { index };
        let y = slot / 2 * PITCH;
        if alone {
            return Placed { label, x: (WIDTH - width) / 2, y, width };
        }
        Placed { label, x: if slot % 2 == 0 { 2 } else { right }, y, width }
    };
    let boxes = labels.into_iter().enumerate().map(place).collect();
    Side { boxes, height: n.div_ceil(2).saturating_sub(1) * PITCH + HEIGHT, trunk: true }
}

/// Where the edge of the box `index` meets the service.
fn attached(index: usize, side: &Side<'_>, width: u32) -> u32 {
    let n = side.boxes.len() as u32;
    if side.trunk || n < 2 {
        return WIDTH / 2;
    }
    let reach = (width / 2 - 16).min(40);
    let x = WIDTH / 2 - reach + 2 * reach * (index as u32) / (n - 1);
    // A box nearly below its place gets a straight line.
    let straight = side.boxes.get(index).map(|placed| placed.x + placed.width / 2);
    let inside = |c: &u32| c.abs_diff(x) <= 16 && c.abs_diff(WIDTH / 2) + 10 <= width / 2;
    straight.filter(inside).unwrap_or(x)
}

fn edge(out: &mut HtmlWriter, placed: &Placed<'_>, class: &str, path: &str) {
    out.markup("<path");
    match (class, placed.soft()) {
        ("", false) => {}
        ("", true) => {
            out.attr("class", "soft");
        }
        (class, false) => {
            out.attr("class", class);
        }
        (class, true) => {
            out.attr("class", &format!("{class} soft"));
        }
    }
    out.attr("d", path).markup("/>");
}

/// Down or up, across, and on: two rounded corners.
fn step(x: u32, y: u32, to_x: u32, to_y: u32) -> String {
    if x == to_x {
        return format!("M{x} {y}V{to_y}");
    }
    let middle = u32::midpoint(y, to_y);
    let radius = (x.abs_diff(to_x) / 2).min(8);
    let toward = |from: u32, to: u32| if to > from { from + radius } else { from - radius };
    format!(
        "M{x} {y}V{}Q{x} {middle} {} {middle}H{}Q{to_x} {middle} {to_x} {}V{to_y}",
        toward(middle, y),
        toward(x, to_x),
        toward(to_x, x),
        toward(middle, to_y),
    )
}

/// Along the trunk and off to one side: one rounded corner.
fn branch(x: u32, y: u32, row: u32, to_x: u32, up: bool) -> String {
    let before = if up { row + 7 } else { row - 7 };
    let after = if to_x < x { x - 7 } else { x + 7 };
    format!("M{x} {y}V{before}Q{x} {row} {after} {row}H{to_x}")
}

fn rect(out: &mut HtmlWriter, class: &str, x: u32, y: u32, width: u32) {
    out.markup("<rect");
    if !class.is_empty() {
        out.attr("class", class);
    }
    out.attr("x", &x.to_string()).attr("y", &y.to_string()).attr("width", &width.to_string());
    out.attr("height", &HEIGHT.to_string()).markup("/>");
}

fn label(out: &mut HtmlWriter, x: u32, y: u32, text: &str) {
    out.markup("<text").attr("x", &x.to_string()).attr("y", &(y + 18).to_string()).markup(">");
    out.text(text).markup("</text>");
}

/// Columns of text that fit into a box.
fn room(width: u32) -> u32 {
    width.saturating_sub(8) * 10 / CHARACTER
}

fn box_width(name: &str) -> u32 {
    (columns(name) * CHARACTER / 10 + 14).min(WIDTH - 4)
}

#[cfg(test)]
mod tests {
    use super::{Graph, Node};

    fn node(name: &str) -> Node {
        Node { name: name.into(), href: Some("../x/".into()), ..Node::default() }
    }

    fn nodes(n: usize) -> Vec<Node> {
        (0..n).map(|i| node(&format!("service-{i}"))).collect()
    }

    fn graph(callers: usize, needs: usize) -> Graph {
        Graph {
            me: "checkout".into(),
            callers: nodes(callers),
            needs: nodes(needs),
            hot_words: "incident lately".into(),
            ..Graph::default()
        }
    }

    #[test]
    fn the_label_says_what_is_drawn() {
        let mut graph = graph(2, 2);
        graph.needs[0].hot = true;
        graph.needs[1].soft = true;
        graph.more_callers = 3;
        let html = graph.html();
        let text = html.as_str();
        assert!(text.contains(
            "role=\"group\" aria-label=\"service-0, service-1 and 3 more call checkout. \
             checkout calls service-0 (incident lately) and service-1 (works without it).\""
        ));
        assert!(text.contains("+3 more") && text.contains("class=\"keys\""));
        assert!(text.contains("<path class=\"soft\"") && text.contains("<path class=\"hot\""));
        assert!(!text.contains("style=") && !text.contains(" id="));
    }

    #[test]
    fn nothing_around_is_no_picture_and_no_links_are_an_image() {
        assert!(graph(0, 0).html().is_empty());
        let mut graph = graph(1, 0);
        graph.callers[0].href = None;
        let html = graph.html();
        assert!(html.as_str().contains("role=\"img\" aria-label=\"service-0 calls checkout.\""));
        assert!(!html.as_str().contains("<a"));
    }

    #[test]
    fn every_number_of_neighbours_has_room() {
        for callers in 0..20 {
            for needs in 0..20 {
                let html = graph(callers, needs).html();
                let shown = |n: usize| if n > 12 { 11 } else { n };
                assert_eq!(html.as_str().matches("<a href").count(), shown(callers) + shown(needs));
                let more = usize::from(callers > 12) + usize::from(needs > 12);
                assert_eq!(html.as_str().matches(" more</text>").count(), more);
            }
        }
    }

    #[test]
    fn what_is_hot_is_never_among_the_rest() {
        let mut graph = graph(0, 30);
        graph.needs[29].hot = true;
        assert!(graph.html().as_str().contains(">service-29</text>"));
    }

    #[test]
    fn long_and_hostile_names_stay_in_their_boxes() {
        let mut graph = graph(0, 0);
        let long = "payments-reconciliation-worker-eu-west-1";
        graph.me = long.repeat(3);
        graph.needs = vec![node(long), node("<b>\"x\"</b>"), node("\u{202e}\u{5e9}\u{5dc}")];
        let html = graph.html();
        let text = html.as_str();
        assert!(text.contains(&format!("<title>{long}</title>")));
        assert!(text.contains(">payment…-west-1</text>"), "{text}");
        assert!(!text.contains("<b>") && !text.contains('\u{202e}'));
    }
}
