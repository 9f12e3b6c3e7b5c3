import { serveGallery } from "./serve-gallery.ts";

// For those who work on the views: node --import tsx tests/views/gallery.ts
const { url } = await serveGallery();
process.stdout.write(`Every page in every state: ${url}\n`);
