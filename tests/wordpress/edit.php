<?php
// Changes posts as an editor does, through WordPress, which notes when. argv: folder of the site; stdin: JSON, a list of
// what wp_update_post takes.
$_SERVER['HTTP_HOST'] = '127.0.0.1';
require "$argv[1]/wp-load.php";
foreach (json_decode(stream_get_contents(STDIN), true) as $change) {
    $id = wp_update_post(wp_slash($change), true);
    if (is_wp_error($id)) {
        fwrite(STDERR, $id->get_error_message());
        exit(1);
    }
}
