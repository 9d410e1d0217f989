// The registers scroll as the browser does: drawn scroll bars would be landmarks without names.
class SimpleBar {
  static instances = new WeakMap();
}
