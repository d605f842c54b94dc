-- Rows for the schema beside this file, made by counting: the same in every run, with every foreign key kept.
BEGIN;
PRAGMA defer_foreign_keys = ON;

CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT i FROM n;

INSERT INTO language (language_id, name, last_update)
SELECT i, 'language ' || i, '2006-02-15 05:02:19' FROM n WHERE i <= 6;

INSERT INTO category (category_id, name, last_update)
SELECT i, 'category ' || i, '2006-02-15 04:46:27' FROM n WHERE i <= 16;

INSERT INTO actor (actor_id, first_name, last_name, last_update)
SELECT i, 'Given ' || i, 'Family ' || (i % 37), '2006-02-15 04:34:33' FROM n WHERE i <= 120;

INSERT INTO country (country_id, country, last_update)
SELECT i, 'country ' || i, '2006-02-15 04:44:00' FROM n WHERE i <= 12;

INSERT INTO city (city_id, city, country_id, last_update)
SELECT i, 'city ' || i, 1 + i % 12, '2006-02-15 04:45:25' FROM n WHERE i <= 40;

INSERT INTO address (address_id, address, address2, district, city_id, postal_code, phone, last_update)
SELECT i, i || ' street', iif(i % 3 = 0, NULL, 'floor ' || i % 9), 'district ' || i % 7, 1 + i % 40,
       printf('%05d', i * 37), printf('%011d', i * 7919), '2006-02-15 04:45:30'
FROM n WHERE i <= 90;

INSERT INTO store (store_id, manager_staff_id, address_id, last_update)
SELECT i, i, i, '2006-02-15 04:57:12' FROM n WHERE i <= 2;

INSERT INTO staff (staff_id, first_name, last_name, address_id, picture, email, store_id, active, username, last_update)
SELECT i, 'Mike ' || i, 'Hillyer', 2 + i, x'89504e470d0a', 'staff' || i || '@example.org', 1 + i % 2, 1, 'staff' || i,
       '2006-02-15 04:57:16'
FROM n WHERE i <= 4;

INSERT INTO customer (customer_id, store_id, first_name, last_name, email, address_id, active, create_date, last_update)
SELECT i, 1 + i % 2, 'Given ' || i, 'Family ' || i % 23, iif(i % 4 = 0, NULL, 'c' || i || '@example.org'), 1 + i % 90,
       iif(i % 5 = 0, '0', '1'), '2006-02-14 22:04:36', '2006-02-15 04:57:20'
FROM n WHERE i <= 80;

INSERT INTO film (film_id, title, description, release_year, language_id, original_language_id, rental_duration,
                  rental_rate, length, replacement_cost, rating, special_features, last_update)
SELECT i, 'film ' || i, iif(i % 10 = 0, NULL, 'what happens in film ' || i), 1950 + i % 70, 1 + i % 6,
       iif(i % 2 = 0, NULL, 1 + i % 5), 3 + i % 5, 0.99 + i % 5, iif(i % 7 = 0, NULL, 46 + i % 140), 9.99 + i % 20,
       CASE i % 5 WHEN 0 THEN 'G' WHEN 1 THEN 'PG' WHEN 2 THEN 'PG-13' WHEN 3 THEN 'R' ELSE 'NC-17' END,
       iif(i % 3 = 0, NULL, 'Trailers,Deleted Scenes'), '2006-02-15 05:03:42'
FROM n WHERE i <= 200;

INSERT INTO film_text (film_id, title, description) SELECT film_id, title, description FROM film;

INSERT INTO film_actor (actor_id, film_id, last_update)
SELECT DISTINCT 1 + i * 7 % 120, 1 + i % 200, '2006-02-15 05:05:03' FROM n WHERE i <= 700;

INSERT INTO film_category (film_id, category_id, last_update)
SELECT i, 1 + i % 16, '2006-02-15 05:07:09' FROM n WHERE i <= 200;

INSERT INTO inventory (inventory_id, film_id, store_id, last_update)
SELECT i, 1 + i % 200, 1 + i % 2, '2006-02-15 05:09:17' FROM n WHERE i <= 300;

INSERT INTO rental (rental_id, rental_date, inventory_id, customer_id, return_date, staff_id, last_update)
SELECT i, datetime('2005-05-24 22:53:30', '+' || i || ' hours'), 1 + i % 300, 1 + i % 80,
       iif(i % 11 = 0, NULL, datetime('2005-05-26 22:04:30', '+' || i || ' hours')), 1 + i % 4, '2006-02-15 21:30:53'
FROM n WHERE i <= 400;

INSERT INTO payment (payment_id, customer_id, staff_id, rental_id, amount, payment_date, last_update)
SELECT i, 1 + i % 80, 1 + i % 4, i, 0.99 + i % 9, datetime('2005-05-25 11:30:37', '+' || i || ' hours'),
       '2006-02-15 22:12:30'
FROM n WHERE i <= 400;

DROP TABLE n;
COMMIT;
